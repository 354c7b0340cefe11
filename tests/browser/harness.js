// What a browser test is made of. A test is a story of one person with one aim:
//
//   story("an association signs in", async ({ server, open }) => {
//     const page = await open("/connexion", { width: 320, scripts: false });
//     await signIn(page, await server.person("association"));
//     await checkPage(page);
//   });
//
// It runs on each engine (see scripts/test), finds things by role and label, as a screen reader
// does, and ends with what the database holds, asked through `server.api`. The same markup comes from
// every engine, so only on the first one is it read by html-validate and axe-core.

import { basename } from "node:path";
import { after, before, describe, it } from "node:test";
import { checkPage, launch, visit } from "./lib/browser.js";
import { POINTER } from "./lib/hands.js";
import { ENGINES, Server } from "./lib/server.js";

export { ADMIN, PASSWORD } from "./lib/server.js";
export { checkPage };

const told = [];

/** Tells a story on each engine. `open(path, options)` shows a page in a browser of its own. */
export function story(name, tell, { minutes = 2, seconds = minutes * 60 } = {}) {
  if (told.length === 0) queueMicrotask(runAll);
  told.push({ name, tell, timeout: seconds * 1000 });
}

/** Only the stories of this name (or of a file of this name), where scripts/test was given one. */
const isWanted = ({ name }) => {
  const wanted = process.env.RESSAC_STORY;
  return !wanted || name.includes(wanted) || basename(process.argv[1]).includes(wanted);
};

function runAll() {
  const stories = told.filter(isWanted);
  if (stories.length === 0) return;
  for (const engine of ENGINES) {
    describe(engine, () => {
      const markup = engine === ENGINES[0];
      let server;
      let browser;
      before(async () => {
        server = await Server.start(engine);
        browser = await launch();
      });
      after(async () => {
        await browser?.close();
        await server?.stop();
      });
      for (const { name, tell, timeout } of stories) it(name, { timeout }, () => tellTo({ server, browser, markup }, tell));
    });
  }
}

async function tellTo({ server, browser, markup }, tell) {
  const pages = [];
  const open = async (path, options) => {
    const page = await visit(browser, server.url, { markup, ...options });
    pages.push(page);
    await page.goto(path);
    return page;
  };
  try {
    await tell({ server, open });
  } catch (cause) {
    const shown = pages.at(-1);
    if (shown) cause.message += `\n  on ${shown.url()}: ${(await headings(shown)).join(" · ")}`;
    throw cause;
  } finally {
    for (const page of pages) await page.context().close();
  }
}

const headings = (page) => page.getByRole("heading").allInnerTexts().catch(() => []);

/** Fills in the sign-in page that is shown, or goes there first. */
export async function signIn(page, person, hands = POINTER) {
  if (!new URL(page.url()).pathname.startsWith("/connexion")) await page.goto("/connexion");
  await fillSignIn(page, person, hands);
  await page.waitForURL((url) => !url.pathname.startsWith("/connexion"));
}

/** Fills in the sign-in form that is shown. */
export async function fillSignIn(page, person, hands = POINTER) {
  const main = page.getByRole("main");
  await hands.fill(main.getByLabel(/adresse (électronique|e-mail)|e-?mail/i), person.email);
  await hands.fill(main.getByLabel(/^(mot de passe|password)/i), person.password);
  await hands.press(main.getByRole("button", { name: /se connecter|sign in/i }));
}

/** Clicks something of the header, which a small screen keeps in its menu. */
export async function inMenu(page, role, name) {
  const menu = page.getByRole("button", { name: "Menu", exact: true });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("banner").getByRole(role, { name }).click();
}
