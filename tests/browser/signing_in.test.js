// Somebody of the city signs in, sees their first page, and signs out.

import assert from "node:assert/strict";
import { checkPage, inMenu, signIn, story } from "./harness.js";

const WAYS = [
  { about: "on a wide screen", options: { width: 1280 } },
  { about: "on a small telephone", options: { width: 320 } },
  { about: "on a small telephone, without scripts", options: { width: 320, scripts: false } },
  { about: "in English, in the dark", options: { width: 768, language: "en", scheme: "dark" } },
];

for (const { about, options } of WAYS) {
  story(`an administrator signs in and out ${about}`, async ({ server, open }) => {
    const admin = await server.person("admin");
    const page = await open("/connexion", options);
    await checkPage(page, "the sign-in page");
    await signIn(page, admin);
    await checkPage(page, "the first page");
    await inMenu(page, "button", /se déconnecter|sign out/i);
    await page.waitForLoadState();
    await checkPage(page, "after signing out");
    await inMenu(page, "link", /se connecter|sign in/i);
    await page.getByRole("heading", { level: 1, name: /se connecter|sign in/i }).waitFor();
    const answer = await page.goto("/ville");
    assert.match(page.url(), /\/connexion/, `/ville answers ${answer.status()} to nobody`);
  });
}

story("a wrong password is said beside the form, and the address is kept", async ({ open }) => {
  const page = await open("/connexion", { width: 320 });
  const main = page.getByRole("main");
  await main.getByLabel(/adresse (électronique|e-mail)|e-?mail/i).fill("personne@ressac.example");
  await main.getByLabel(/^(mot de passe|password)/i).fill("pas le bon");
  await main.getByRole("button", { name: /se connecter|sign in/i }).click();
  await main.getByRole("alert").waitFor();
  assert.equal(await main.getByLabel(/adresse (électronique|e-mail)|e-?mail/i).inputValue(), "personne@ressac.example");
  assert.equal(await main.getByLabel(/^(mot de passe|password)/i).inputValue(), "");
  await checkPage(page, "the sign-in page with an error");
});

story("a page that needs a person comes back to itself after signing in", async ({ server, open }) => {
  const page = await open("/ville", { width: 768 });
  assert.match(page.url(), /\/connexion/);
  await signIn(page, await server.person("admin"));
  assert.equal(new URL(page.url()).pathname, "/ville");
});
