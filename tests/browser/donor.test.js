// A firm's logistics person offers 1 060 desktops from the firm's own export, mends three bad lines,
// contests the count of one device and fetches the certificate.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPage, signIn, story } from "./harness.js";
import { POINTER } from "./lib/hands.js";

const ORANGE = new URL("../data/marseille/orange_manifest.csv", import.meta.url);
/** Lines of the file that are spoiled, and how: a serial number that is not there, one that Excel turned
 * into a number, one that stands twice. */
const [EMPTY, MANGLED, TWICE] = [10, 500, 1000];
const WIDE = { width: 1280 };
const SMALL = { width: 320, scripts: false };

/** The firm's list with three bad lines, as a file; and the serial numbers as they should be. */
async function list(folder, suffix) {
  // the bytes stay those of Windows-1252
  const lines = (await readFile(ORANGE, "latin1")).split("\r\n");
  const rows = lines.map((line) => line.split(";"));
  const serials = [];
  rows.slice(3).forEach((cells) => {
    if (cells.length < 2) return;
    cells[0] += suffix;
    serials.push(cells[0]);
  });
  const right = { empty: rows[EMPTY - 1][0], mangled: rows[MANGLED - 1][0], twice: rows[TWICE - 1][0] };
  rows[EMPTY - 1][0] = "";
  rows[MANGLED - 1][0] = "1,23E+15";
  rows[TWICE - 1][0] = rows[20][0];
  const file = join(folder, "inventaire.csv");
  await writeFile(file, rows.map((cells) => cells.join(";")).join("\r\n"), "latin1");
  return { file, serials, right };
}

/** What a hand does: each click, each field filled in. */
function hands(page) {
  const main = page.getByRole("main");
  const told = { interactions: 0 };
  const count = (does) => async (...arguments_) => {
    told.interactions += 1;
    await does(...arguments_);
  };
  told.fill = count((label, text) => main.getByLabel(label).fill(text));
  told.choose = count((label, file) => main.getByLabel(label).setInputFiles(file));
  told.click = count(async (name) => {
    await main.getByRole("button", { name }).click();
    await page.waitForLoadState();
  });
  return told;
}

/** Counts all but one, and has every drive of what came erased. */
async function countAndErase(server, batch, serials) {
  const [admin, workshop] = [await server.person("admin"), await server.person("refurbisher")];
  const post = (as, path, body) => server.api("POST", path, { as, body });
  await post(admin, `/batches/${batch}/accept`);
  const [from, to] = ["2030-03-04T08:00:00Z", "2030-03-04T10:00:00Z"];
  await post(admin, `/batches/${batch}/schedule`, { workshop_id: workshop.organisation, from, to });
  const came = serials.slice(1);
  for (let at = 0; at < came.length; at += 500) {
    const devices = came.slice(at, at + 500).map((serial) => ({ serial }));
    await post(workshop, `/batches/${batch}/receive`, { devices, accessories: [] });
  }
  await post(workshop, `/batches/${batch}/close`);
  return async () => {
    const drive = (serial) => ({ serial: `D-${serial}`, media: "nvme", method: "purge", tool: "nvme-cli", tool_version: "2.4", result: "success" });
    for (let at = 0; at < came.length; at += 500) {
      const events = came.slice(at, at + 500).flatMap((device) => [
        { device, client_id: `t-${batch}-${device}`, type: "triaged", outcome: "keep" },
        { device, client_id: `e-${batch}-${device}`, type: "erased", drives: [drive(device)] },
      ]);
      const { results } = await post(workshop, "/device-events", { events });
      assert.deepEqual(results.filter(({ status }) => status !== "applied"), []);
    }
  };
}

for (const { about, options, suffix } of [
  { about: "on a wide screen", options: WIDE, suffix: "A" },
  { about: "on a small telephone, without scripts", options: SMALL, suffix: "B" },
]) {
  story(`a donor offers 1 060 desktops ${about}`, async ({ server, open }) => {
    const folder = await mkdtemp(join(tmpdir(), "ressac-list-"));
    try {
      await offer(server, open, options, await list(folder, suffix));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

async function offer(server, open, options, { file, serials, right }) {
  const donor = await server.person("donor");
  const page = await open("/dons", options);
  await signIn(page, donor);
  await checkPage(page, "the donor's home");
  await page.goto("/dons/nouveau");
  await checkPage(page, "a new donation");
  const hand = hands(page);
  const main = page.getByRole("main");
  await hand.choose(/votre liste de numéros de série/i, file);
  await hand.fill(/téléphone/i, "04 91 00 00 00");
  await hand.click("Proposer ce don");

  // three bad lines, each beside its row
  assert.match(page.url(), /\/dons\/[^/]+\/liste$/);
  const batch = page.url().split("/").at(-2);
  await checkPage(page, "the list to mend");
  const bad = (line) => main.getByRole("group", { name: new RegExp(`^Ligne ${line}\\b`) });
  for (const line of [EMPTY, MANGLED, TWICE]) await bad(line).waitFor();
  assert.equal(await main.getByRole("group", { name: /^Ligne \d+/ }).count(), 3);
  for (const [line, serial] of [[EMPTY, right.empty], [MANGLED, right.mangled], [TWICE, right.twice]]) {
    hand.interactions += 1;
    await bad(line).getByRole("textbox").fill(serial);
  }
  await hand.click("Enregistrer les corrections");
  await main.getByText("1 060 appareils sur la liste").waitFor();
  await checkPage(page, "the list");
  await hand.click("Proposer ce don");
  await main.getByText("Votre don est proposé").waitFor();
  await checkPage(page, "the donation");
  assert.ok(hand.interactions <= 12, `${hand.interactions} interactions`);
  const offered = await server.api("GET", `/batches/${batch}`, { as: donor });
  assert.deepEqual([offered.status, offered.manifest.rows], ["submitted", 1060]);

  // the appointment, the count, one device that the donor did hand over
  const erase = await countAndErase(server, batch, serials);
  await page.goto(`/dons/${batch}`);
  await main.getByRole("link", { name: "Vérifier le comptage" }).click();
  await main.getByRole("heading", { level: 1, name: "Le comptage de l’atelier" }).waitFor();
  await checkPage(page, "the count");
  await POINTER.tick(main.getByLabel(new RegExp(`^${serials[0]} `)));
  await main.getByLabel("Qu’est-ce qui ne va pas ?").fill("Remis au chauffeur avec les autres.");
  await main.getByRole("button", { name: "Contester le comptage" }).click();
  await main.getByText("La ville et l’atelier sont prévenus").waitFor();
  const { reception } = await server.api("GET", `/batches/${batch}`, { as: donor });
  assert.deepEqual([reception.answer, reception.devices.length], ["contested", 1]);

  // what became of each, and the certificate
  await erase();
  await page.goto(`/dons/${batch}/appareils?fate=missing`);
  await main.getByText(serials[0]).first().waitFor();
  await checkPage(page, "what becomes of each device");
  await page.goto(`/dons/${batch}`);
  const downloading = page.waitForEvent("download");
  await main.getByRole("link", { name: "Attestation d’effacement des données" }).click();
  const certificate = await readFile(await (await downloading).path(), "utf8");
  assert.equal(certificate.match(/<tr><td>/g).length, 1059);
  assert.ok(certificate.includes(serials[1]) && !certificate.includes(serials[0]));
}

story("a donor changes whom to call, and shares a link that others follow", async ({ server, open }) => {
  const donor = await server.person("donor");
  const { id } = await server.api("POST", "/batches", {
    as: donor,
    body: {
      title: "Écrans",
      declared: [{ kind: "monitor", quantity: 40 }],
      pickup: {
        address: "2 quai de la Joliette",
        postal_code: "13002",
        commune: "Marseille",
        contact_name: "Denis Donateur",
        contact_phone: "0491000000",
        from: "2030-03-01T08:00:00Z",
        to: "2030-03-31T17:00:00Z",
      },
    },
  });
  const page = await open(`/dons/${id}/enlevement`, { width: 320 });
  await signIn(page, donor);
  await checkPage(page, "the pickup");
  const main = page.getByRole("main");
  await main.getByLabel("Téléphone").fill("06 12 34 56 78");
  await main.getByRole("button", { name: "Enregistrer" }).click();
  await main.getByText("C’est enregistré").waitFor();
  const { pickup } = await server.api("GET", `/batches/${id}`, { as: donor });
  assert.equal(pickup.contact_phone, "+33612345678");

  await page.goto(`/dons/${id}/partage`);
  await checkPage(page, "sharing");
  await main.getByRole("button", { name: "Créer le lien" }).click();
  const link = await main.getByRole("link", { name: /\/suivi\// }).getAttribute("href");
  await checkPage(page, "the link");
  const other = await open(new URL(link).pathname, { width: 320, language: "en", scheme: "dark" });
  await other.getByRole("heading", { level: 1, name: "How far has the donation come?" }).waitFor();
  await checkPage(other, "a followed donation");
  assert.doesNotMatch(await other.getByRole("main").innerText(), /Denis|06 12|\+33/);
  await page.goto(`/dons/${id}/partage`);
  await main.getByRole("button", { name: "Retirer le lien" }).click();
  await main.getByText("Le lien est retiré").waitFor();
  assert.equal((await other.reload()).status(), 404);
  await page.goto(`/dons/${id}/recapitulatif`);
  await checkPage(page, "the summary");
});
