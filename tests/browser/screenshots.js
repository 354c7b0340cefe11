// Takes a picture of each page of pages.js; see scripts/screenshots.
//
//   node screenshots.js FOLDER URL ACCOUNTS [NAME…]     ACCOUNTS: a JSON file {role: {email, password}}

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { signIn } from "./harness.js";
import { launch, visit } from "./lib/browser.js";
import { PAGES } from "./pages.js";

const [folder, url, accountsFile, ...names] = process.argv.slice(2);
const accounts = JSON.parse(await readFile(accountsFile, "utf8"));
const chosen = PAGES.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
const tokens = new Map();

async function api(method, path, { as, body } = {}) {
  const headers = { "content-type": "application/json" };
  if (as) headers.authorization = `Bearer ${await token(as)}`;
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.json();
}

async function token(role) {
  if (!tokens.has(role)) {
    const { email, password } = accounts[role];
    tokens.set(role, (await api("POST", "/auth/login", { body: { email, password } })).access_token);
  }
  return tokens.get(role);
}

const browser = await launch();
let failed = 0;
for (const role of new Set(chosen.map((page) => page.as))) {
  await mkdir(join(folder, role ?? "nobody"), { recursive: true });
  for (const width of [320, 768, 1280]) {
    for (const scheme of ["light", "dark"]) {
      const page = await visit(browser, url, { width, scheme });
      if (role) await signIn(page, accounts[role]);
      for (const { name, path } of chosen.filter((page) => page.as === role)) {
        const file = join(folder, role ?? "nobody", `${name}-${width}-${scheme}.png`);
        try {
          const answer = await page.goto(typeof path === "function" ? await path({ api }) : path);
          await page.screenshot({ path: file, fullPage: true });
          console.log(`${file}  ${answer.status()}`);
        } catch (cause) {
          failed += 1;
          console.log(`${file}  ${cause.message.split("\n")[0]}`);
        }
      }
      await page.context().close();
    }
  }
}
await browser.close();
process.exitCode = failed ? 1 : 0;
