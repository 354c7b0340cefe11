// What label printers are sent, printed and read back by programs that are not ours. What a text says is
// not read: only where it ends.

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";
import { decoded, DOTS, inked, printed } from "./lib/labels.js";
import { truck } from "./lib/truck.js";

/** The letters of a tag, behind `RS-`. */
const LETTERS = "0123456789BCDFGHJKMNPQRSTVWXY";
/** Dots that stay white on each side. */
const WHITE = DOTS;
/** Millimetres of paper around a label, to see what leaves it. */
const AROUND = 20;
/** The QR code of a tag: dots of a side, and dots that stay white around it. */
const QR = { side: 84, quiet: 16 };

/** The sizes that the page of labels offers: what each is asked for by, and its millimetres. */
async function sizesOf(page) {
  await page.goto("/atelier/etiquettes");
  const choices = page.getByRole("group", { name: "Qu’y a-t-il dans l’imprimante" }).getByRole("radio");
  const sizes = [];
  for (const choice of await choices.all()) {
    const [text] = await choice.evaluate((radio) => [...radio.labels].map((label) => label.textContent));
    const [, width, height] = /([\d,]+) × ([\d,]+) mm/.exec(text);
    const millimetres = (said) => Number(said.replace(",", "."));
    sizes.push({ stock: await choice.getAttribute("value"), width: millimetres(width), height: millimetres(height) });
  }
  return sizes;
}

/** The size in dots that each label says, which has to be that of the paper. */
function dotsOf(zpl, { stock, width, height }) {
  const said = (command) => [...zpl.matchAll(new RegExp(`\\^${command}(\\d+)\\n`, "g"))].map(([, dots]) => Number(dots));
  const [widths, heights] = [new Set(said("PW")), new Set(said("LL"))];
  assert.deepEqual([widths.size, heights.size], [1, 1], `${stock}: labels of one size`);
  const dots = { width: [...widths][0], height: [...heights][0] };
  for (const [all, said] of [[width, dots.width], [height, dots.height]]) {
    assert.ok(said <= all * DOTS && said > all * DOTS - 2, `${stock}: ${said} dots on ${all} mm`);
  }
  return dots;
}

/** Each label is read back as the tag that it is for, and leaves the edge of its paper white. */
async function areReadBack(page, zpl, size, tags) {
  const labels = await printed(zpl, size);
  assert.equal(labels.length, tags.length, `${size.stock}: a label each`);
  for (const [n, label] of labels.entries()) {
    assert.deepEqual(await decoded(label), codes(tags[n]), `${size.stock}, label ${n}`);
  }
  isInside(await inked(page, labels), dotsOf(zpl, size), size);
}

const codes = (tag) => [`CODE-128:${tag}`, `QR-Code:${tag}`];

/** Nothing leaves the label: on paper that is larger than it, where no printer cuts, the rest is white. */
async function staysInside(page, zpl, size) {
  isInside(await inkAround(page, zpl, size), dotsOf(zpl, size), size);
}

async function inkAround(page, zpl, { width, height }) {
  const uncut = zpl.replaceAll(/\^PW\d+\n/g, "");
  return inked(page, await printed(uncut, { width: width + AROUND, height: height + AROUND }));
}

/** No text comes near the QR code; the printer sets it ten dots below its place. */
async function isApart(page, zpl, size) {
  const [, x, y] = /\^FO(\d+),(\d+)\^BY2,3,10\^BQN/.exec(zpl).map(Number);
  const top = y + 10;
  const beside = { left: x - QR.quiet, right: x, top, bottom: top + QR.side };
  const labels = await printed(zpl, size);
  for (const [n, ink] of (await inked(page, labels, beside)).entries()) {
    assert.equal(ink, null, `${size.stock}, label ${n}: ink beside its QR code`);
  }
  const code = { left: x, right: x + QR.side, top: 0, bottom: top + QR.side };
  const at = { left: x, top, right: x + QR.side - 1, bottom: top + QR.side - 1 };
  assert.deepEqual(await inked(page, labels, code), labels.map(() => at), `${size.stock}: the place of the QR code`);
}

function isInside(inks, dots, { stock }) {
  for (const [n, ink] of inks.entries()) {
    const inside = ink && ink.left >= WHITE && ink.top >= WHITE && ink.right < dots.width - WHITE && ink.bottom < dots.height - WHITE;
    assert.ok(inside, `${stock}, label ${n} of ${JSON.stringify(dots)}: ink at ${JSON.stringify(ink)}`);
  }
}

/** A page of a refurbisher, who prints labels. */
async function atLabels(server, open) {
  const rita = await server.person("refurbisher");
  const page = await open("/connexion");
  await signIn(page, rita);
  return { page, rita, sizes: await sizesOf(page) };
}

const print = (server, rita, size, devices) => server.text(`/labels?form=zpl&stock=${size.stock}&${devices}`, rita);

/** A label is painted in a blink, unless the machine has other work. */
const TIME = { minutes: 6 };

story("labels of every size are read back from ZPL, one alone and a whole truck", async ({ server, open }) => {
  // tags are numbers in a row: among as many as there are letters, each stands at the last place of one
  const serials = [...LETTERS].map((letter, n) => `LABEL${n}${letter}X`);
  const batch = await truck(server, serials);
  const { page, rita, sizes } = await atLabels(server, open);
  await checkPage(page, "the page of labels");
  const { items } = await server.api("GET", `/devices?batch_id=${batch}&limit=200`, { as: rita });
  const tagOf = new Map(items.map(({ serial, tag }) => [serial, tag]));
  const tags = serials.map((serial) => tagOf.get(serial));
  assert.deepEqual(tags.map((tag) => tag.at(-3)).sort(), [...LETTERS].sort(), `${tags}`);
  assert.ok(["a4-24", "62x29", "57x32"].every((name) => sizes.some(({ stock }) => stock === name)), JSON.stringify(sizes));
  for (const size of sizes) {
    const one = await print(server, rita, size, `devices=${serials[4]}`);
    await areReadBack(page, one, size, [tags[4]]);
    await staysInside(page, one, size);
    await areReadBack(page, await print(server, rita, size, `batch_id=${batch}`), size, tags);
  }
}, TIME);

story("whatever a machine is called, its label says the tag and stays within its paper", async ({ server, open }) => {
  const models = [
    "EliteDesk 800 G4 Small Form Factor — Łódź, Ærø, Škoda, Œuvre d’été",
    "W".repeat(60),
    "THINKCENTRE-M720Q-10T7-CTO1WW-FR-I5-8GB-256",
    "^XZ~JA^XA^FO0,0^GB400,200,200^FS",
    "_5EXZ \\ >: >5 %",
    "Ελλάς Київ",
  ];
  const serials = models.map((_, n) => `NAMED${n}X`);
  await truck(server, serials, models);
  const { page, rita, sizes } = await atLabels(server, open);
  const tags = [];
  for (const serial of serials) {
    const { items } = await server.api("GET", `/devices?scan=${serial}`, { as: rita });
    tags.push(items[0].tag);
  }
  for (const size of sizes) {
    const file = await print(server, rita, size, `devices=${serials.join()}`);
    await areReadBack(page, file, size, tags);
    await staysInside(page, file, size);
    await isApart(page, file, size);
  }
}, TIME);

story("a printer that had labels of another program, or is tried, prints ours as well", async ({ server, open }) => {
  await truck(server, ["OTHERS1X"]);
  const { page, rita, sizes } = await atLabels(server, open);
  const { items } = await server.api("GET", "/devices?scan=OTHERS1X", { as: rita });
  for (const size of sizes) {
    // what ^BY says stays in the printer, and moves QR codes
    const others = "^XA^BY5,2,120^FO20,20^BCN,50,N,N,N^FDOTHERS^FS^XZ\n";
    const ours = await print(server, rita, size, "devices=OTHERS1X");
    const [, label] = await printed(others + ours, size);
    assert.deepEqual(await decoded(label), codes(items[0].tag), size.stock);
    const test = await server.text(`/labels/test?form=zpl&stock=${size.stock}`, rita);
    const [tried] = await printed(test, size);
    assert.deepEqual(await decoded(tried), codes("RS-00000-0"), `${size.stock}: the test label`);
    const dots = dotsOf(test, size);
    const frame = { left: 0, top: 0, right: dots.width - 1, bottom: dots.height - 1 };
    assert.deepEqual(await inkAround(page, test, size), [frame], `${size.stock}: the frame is the edge of the label`);
  }
}, TIME);
