// A real Chromium, the distribution's own, and what every page has to stand up to.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const here = (path) => new URL(path, import.meta.url);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate(JSON.parse(readFileSync(here("../.htmlvalidate.json"), "utf8")));

/** The rules that apply to us, the French ones among them. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"];

const EXECUTABLE =
  process.env.RESSAC_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

/** Starts Chromium; it calls nobody by itself. */
export function launch() {
  assert.ok(EXECUTABLE, "Chromium is missing: apt-get install chromium (or RESSAC_CHROMIUM=its path)");
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A browser of somebody's own: no cookie, an empty history. Its page keeps what has to be looked at
 * later: errors of the console, requests to other hosts, and each document as it was sent. Without
 * `markup`, checkPage leaves out what depends on the markup alone.
 */
export async function visit(browser, url, options = {}) {
  const { width = 1280, scripts = true, language = "fr", scheme = "light", markup = true } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: width < 600 ? 640 : 900 },
    javaScriptEnabled: scripts,
    locale: language === "fr" ? "fr-FR" : "en-GB",
    timezoneId: "Europe/Paris",
    colorScheme: scheme,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000); // a busy machine
  page.on("filechooser", () => {}); // from the start: a key might come before a later wish to have the chooser
  const seen = { origin: new URL(url).origin, scripts, markup, errors: [], strangers: [], document: null };
  page.seen = seen;
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    // that a document itself answers 4xx is no error of the page that shows it
    const ofDocument = /^Failed to load resource/.test(message.text()) && message.location().url === page.url();
    if (message.type() === "error" && !ofDocument) seen.errors.push(message.text());
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== seen.origin && protocol.startsWith("http")) seen.strangers.push(request.url());
  });
  page.on("response", (response) => {
    const request = response.request();
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return;
    if (response.status() < 300 || response.status() > 399) seen.document = response;
  });
  return page;
}

const faultOf = ({ html, failureSummary }) => `${html.slice(0, 200)}\n      ${failureSummary.split("\n").at(-1).trim()}`;

/** What html-validate and, where scripts run, axe-core say of the page that is shown. */
async function faultsOfMarkup(page) {
  const { seen } = page;
  const source = await seen.document?.text().catch(() => null);
  const report = await validator.validateString(source ?? (await page.content()));
  const faults = report.results
    .flatMap((result) => result.messages)
    .map(({ line, message, ruleId }) => `html-validate, line ${line}: ${message} (${ruleId})`);
  if (!seen.scripts) return faults;
  await page.evaluate(axe);
  const options = { runOnly: RULES, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), options);
  for (const { id, help, nodes } of violations) {
    faults.push(`axe, ${id}: ${help}\n    ${nodes.map(faultOf).join("\n    ")}`);
  }
  return faults;
}

/**
 * Fails when the page that is shown has a fault that a program can find: markup, accessibility,
 * an error of the console, a request to another host, something wider than the screen.
 */
export async function checkPage(page, about = "") {
  const { seen } = page;
  const place = `${about || page.url()} at ${page.viewportSize().width} px`;
  const faults = [];
  if (seen.markup) faults.push(...(await faultsOfMarkup(page)));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) faults.push(`${wide} px wider than the screen`);
  faults.push(...seen.errors.map((text) => `console: ${text}`));
  faults.push(...seen.strangers.map((address) => `request to another host: ${address}`));
  assert.equal(faults.length, 0, `${place}:\n  ${faults.join("\n  ")}`);
}
