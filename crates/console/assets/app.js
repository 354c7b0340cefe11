// What scripts add to pages that work without them. No framework, no build step.
import { autosave } from "./autosave.js";
import { count, filter, focusErrors, sendOnce, showPassword } from "./forms.js";

focusErrors();
for (const field of document.querySelectorAll("[data-count]")) count(field);
for (const field of document.querySelectorAll("[data-password]")) showPassword(field);
for (const input of document.querySelectorAll("[data-filter]")) filter(input);
for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
for (const form of document.querySelectorAll("form[data-once]")) sendOnce(form);
