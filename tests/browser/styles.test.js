// Every component in every state, and what scripts add to them.

import assert from "node:assert/strict";
import { checkPage, story } from "./harness.js";

for (const scheme of ["light", "dark"]) {
  for (const [width, language] of [[320, "fr"], [768, "en"], [1280, "fr"]]) {
    story(`every component stands up to the checks: ${width} px, ${scheme}, ${language}`, async ({ open }) => {
      const page = await open(`/styles?lang=${language}`, { width, scheme, language });
      await checkPage(page, "/styles");
    });
  }
}

story("every component is there without scripts", async ({ open }) => {
  const page = await open("/styles", { width: 320, scripts: false });
  await checkPage(page, "/styles");
  assert.ok(await page.getByLabel("Lequel ?").first().isVisible(), "the field that a chosen answer reveals");
});

story("a writer sees how many characters are left", async ({ open }) => {
  const page = await open("/styles");
  const area = page.getByLabel("À quoi serviront les ordinateurs ?");
  await area.fill("a".repeat(490));
  await page.getByText(/^Caractères restants\s: 10$/).first().waitFor();
  await area.fill(`${"é".repeat(499)}🌊🌊`);
  await page.getByText(/^Caractères en trop\s: 1$/).first().waitFor();
});

story("errors take the focus, and each leads to its field", async ({ open }) => {
  const page = await open("/styles");
  assert.equal(await page.evaluate(() => document.activeElement.className.includes("error-summary")), true);
  await page.getByRole("link", { name: "Choisissez au moins un domaine" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "e_theme");
});

story("a password can be shown, and is hidden before it is sent", async ({ open }) => {
  const page = await open("/styles");
  const secret = page.locator("#secret");
  await secret.fill("phare");
  await page.getByRole("button", { name: "Afficher le mot de passe" }).click();
  assert.equal(await secret.getAttribute("type"), "text");
  await page.getByRole("button", { name: "Masquer le mot de passe" }).click();
  assert.equal(await secret.getAttribute("type"), "password");
});

story("a form saves itself, and says at once when it could not", async ({ open }) => {
  const page = await open("/styles");
  let answer = { status: 200, contentType: "application/json", body: '{"version": 2}' };
  const sent = [];
  await page.route("**/styles", (route, request) => {
    if (request.method() !== "POST") return route.continue();
    sent.push(new URLSearchParams(request.postData()));
    return route.fulfill(answer);
  });
  const field = page.getByLabel("Nom du projet");
  await field.fill("Une salle");
  await page.getByText("Brouillon enregistré").waitFor();
  assert.equal(sent[0].get("draft_name"), "Une salle");
  answer = { status: 500, body: "" };
  await field.fill("Une salle de classe");
  await page.getByText(/^Non enregistré/).waitFor();
  assert.equal(sent[1].get("version"), "2", "the version that the first answer gave");
  answer = { status: 204, body: "" };
  await field.fill("Une salle de classe claire");
  await page.getByText("Brouillon enregistré").waitFor();
});

story("a second click sends nothing", async ({ open }) => {
  const page = await open("/styles");
  let posts = 0;
  await page.route("**/styles", (route, request) => {
    if (request.method() !== "POST") return route.continue();
    posts += 1;
    return route.fulfill({ status: 204 }); // the page stays
  });
  const button = page.getByRole("button", { name: "Abandonner" });
  await button.dispatchEvent("click");
  await button.dispatchEvent("click");
  await page.locator("button[aria-disabled]").waitFor();
  assert.equal(posts, 1);
});
