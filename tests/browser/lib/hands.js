// How somebody acts on a page: with a mouse or a finger, or by keyboard alone.

import assert from "node:assert/strict";

/** With a mouse or a finger. */
export const POINTER = {
  press: (control) => control.click(),
  fill: (field, text) => field.fill(text),
  async tick(box) {
    if (await box.isChecked()) return;
    const id = await box.getAttribute("id");
    await box.page().locator(`label[for="${id}"]`).click(); // as people do: the label covers its box
    assert.ok(await box.isChecked(), "the label ticks its box");
  },
  attach: (field, file) => field.setInputFiles(file),
};

/**
 * By keyboard alone: everything is reached with the tab key, in the order of the page, and what has
 * the focus is seen to have it.
 */
export const KEYBOARD = {
  async press(control) {
    await reach(control);
    await control.page().keyboard.press("Enter");
  },
  async fill(field, text) {
    await reach(field);
    await field.page().keyboard.press("Control+A");
    await field.page().keyboard.type(text);
  },
  async tick(box) {
    await reach(box);
    if (!(await box.isChecked())) await box.page().keyboard.press("Space");
    assert.ok(await box.isChecked(), "the space bar ticks it");
  },
  async attach(field, file) {
    await reach(field);
    const chooser = field.page().waitForEvent("filechooser");
    await field.page().keyboard.press("Enter");
    await (await chooser).setFiles(file);
  },
};

const MOST_TABS = 120;

async function reach(target) {
  const { keyboard } = target.page();
  await target.waitFor();
  const wanted = await target.elementHandle(); // found once: to look for it after each tab takes long
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    const state = await wanted.evaluate((control) => {
      const active = document.activeElement;
      if (active === control) return "there";
      const inGroup = active?.type === "radio" && control.type === "radio" && active.name === control.name;
      return inGroup && active.form === control.form ? "group" : "elsewhere";
    });
    if (state === "there") return isSeen(target);
    await keyboard.press(state === "group" ? "ArrowDown" : "Tab");
  }
  throw new Error(`the tab key does not lead to ${target}`);
}

/** Whether what has the focus is marked, and not hidden behind something or off the screen. */
async function isSeen(target) {
  const seen = await target.evaluate((control) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(control);
    const { top, bottom, left, right, width, height } = control.getBoundingClientRect();
    const onScreen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && width > 0 && height > 0;
    return { marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, onScreen };
  });
  assert.deepEqual(seen, { marked: true, onScreen: true }, `the focus is not seen on ${target}`);
}
