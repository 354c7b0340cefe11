// Machines go from the dock to ready by scanner bursts in the browser alone, on a network that
// comes and goes. RESSAC_DEVICES=300 makes it a whole truck (30 otherwise).

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";
import { truck } from "./lib/truck.js";

const DEVICES = Number(process.env.RESSAC_DEVICES ?? 30);
const TEST_MINUTES = 2 + Math.ceil(DEVICES / 10);

const field = (page) => page.getByLabel("Étiquette ou numéro de série");
const drive = (page) => page.getByLabel("Numéro de série du disque");
const allSent = (page) => page.getByText("Tout est envoyé.").waitFor({ timeout: 60_000 });

/** As a scanner types: all at once, with Enter at the end. */
async function scan(page, code, ending = "Enter") {
  await page.keyboard.insertText(code);
  await page.keyboard.press(ending);
}

async function at(page, step, more = {}) {
  await page.goto(`/atelier/scan?${new URLSearchParams({ step, ...more })}`);
  await field(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "device");
}

/** The page opens without network once its service worker has kept it. */
const kept = (page) =>
  page.waitForFunction(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active?.state === "activated" && (await (await caches.open("ressac-scan")).keys()).length > 2;
  });

/** Every step of every machine is in its log, once, and every chain is whole. */
async function isWhole(server, serials, wanted) {
  const workshop = await server.person("refurbisher");
  for (const serial of serials) {
    const { items } = await server.api("GET", `/devices?scan=${serial}`, { as: workshop });
    const events = await server.api("GET", `/devices/${items[0].id}/events?limit=200`, { as: workshop });
    assert.deepEqual(events.items.map((event) => event.type), wanted, serial);
    assert.equal(new Set(events.items.map((event) => event.client_id)).size, wanted.length, serial);
  }
  await server.run("check");
  await server.run("audit", "verify");
}

const STEPS = ["received", "triaged", "erased", "tested", "graded", "quality_checked", "ready"];

story(
  `${DEVICES} machines go from the dock to ready while the network is cut three times`,
  async ({ server, open }) => {
    const serials = Array.from({ length: DEVICES }, (_, n) => `CZC${String(n).padStart(5, "0")}A`);
    await truck(server, serials);
    const one = await open("/connexion");
    await signIn(one, await server.person("refurbisher"));
    const two = await open("/connexion");
    await signIn(two, await server.colleague("refurbisher", "Karim Atelier"));
    const half = Math.ceil(DEVICES / 2);

    // two stations at once; the network goes before the truck is empty, and comes back
    await Promise.all([at(one, "received"), at(two, "received")]);
    await Promise.all([kept(one), kept(two)]);
    for (const [n, serial] of serials.entries()) {
      if (n === Math.floor(half / 2)) await one.context().setOffline(true);
      await scan(n < half ? one : two, serial, n % 2 ? "Enter" : "Tab");
    }
    await one.getByText(/en attente depuis/).waitFor();
    await one.context().setOffline(false);
    await Promise.all([allSent(one), allSent(two)]);

    // without network the page opens, the tab is killed, and a new one goes on
    await one.context().setOffline(true);
    await at(one, "triaged.keep");
    for (const serial of serials.slice(0, half)) await scan(one, serial);
    await one.getByText(new RegExp(`^.*${half} en attente depuis`)).waitFor();
    await one.close({ runBeforeUnload: false });
    const again = await one.context().newPage();
    await at(again, "triaged.keep");
    await again.getByText(new RegExp(`${half} en attente depuis`)).waitFor();
    for (const serial of serials.slice(half)) await scan(again, serial);
    await again.context().setOffline(false);
    await allSent(again);

    // each machine, then its drive
    await at(again, "erased.purge", { tool: "nvme-cli", media: "nvme" });
    for (const serial of serials) {
      await scan(again, serial);
      await scan(again, `DISK-${serial}`);
    }
    await allSent(again);

    // cut in the middle of a group: it was taken, and the answer is lost
    await at(again, "tested.desktop");
    await again.context().setOffline(true);
    for (const serial of serials) await scan(again, serial);
    let swallowed = 0;
    await again.route("**/atelier/scan/lignes", async (route) => {
      if (swallowed++) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await again.context().setOffline(false);
    await again.getByText("Pas de réseau").waitFor();
    await again.evaluate(() => dispatchEvent(new Event("online")));
    await allSent(again);
    assert.ok(swallowed >= 2, `sent ${swallowed} times`);

    await at(again, "graded.B");
    for (const serial of serials) await scan(again, serial);
    await allSent(again);
    // the other station signs the quality check
    await at(two, "quality_checked.pass");
    for (const serial of serials) await scan(two, serial);
    await allSent(two);
    await at(again, "ready");
    for (const serial of serials) await scan(again, serial);
    await allSent(again);
    assert.equal(await again.getByRole("heading", { name: "Refusés, à reprendre" }).count(), 0);
    await isWhole(server, serials, STEPS);
  },
  { minutes: TEST_MINUTES },
);

story("a wrong character is understood, and what was refused stays until it is seen", async ({ server, open }) => {
  await truck(server, ["WRONG0001X"]);
  const page = await open("/connexion", { width: 320 });
  await signIn(page, await server.person("refurbisher"));
  await at(page, "received");
  await scan(page, "WRONG0001X");
  await allSent(page);
  // what was scanned is opened, and put right, from the trail
  await page.getByRole("link", { name: "Ouvrir ou corriger" }).waitFor();
  const { items } = await server.api("GET", "/devices?scan=WRONG0001X", { as: await server.person("refurbisher") });
  const { tag, id } = items[0];
  await at(page, "triaged.keep");
  const wrong = tag.slice(0, -1) + (tag.endsWith("X") ? "Y" : "X");
  await scan(page, wrong);
  await page.getByRole("heading", { name: "Refusés, à reprendre" }).waitFor();
  await checkPage(page, "the scan page with a refusal");
  await page.reload();
  await page.getByRole("button", { name: `Enregistrer ${tag}` }).click();
  await page.getByText(`${tag} : trié`).first().waitFor();
  await scan(page, "NOBODY-HAS-IT");
  await page.getByRole("button", { name: "J’ai vu" }).click();
  await page.getByRole("heading", { name: "Refusés, à reprendre" }).waitFor({ state: "hidden" });
  const device = await server.api("GET", `/devices/${id}`, { as: await server.person("refurbisher") });
  assert.equal(device.stage, "triaged");
});

story("a session that ended, a storage that is refused: nothing is lost unseen", async ({ server, open }) => {
  await truck(server, ["ENDED0001X", "ENDED0002X"]);
  const rita = await server.person("refurbisher");
  const page = await open("/connexion", { width: 320 });
  await signIn(page, rita);
  await at(page, "received");
  await page.context().clearCookies();
  await scan(page, "ENDED0001X");
  await page.getByText(/Votre session est finie/).waitFor();
  page.seen.errors.length = 0; // the browser says 401 in its console
  await checkPage(page, "the scan page after the session");
  await page.getByRole("link", { name: "Se reconnecter" }).click();
  await signIn(page, rita);
  await allSent(page);
  await page.getByText("ENDED0001X : reçu").first().waitFor();
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { get: () => { throw new Error("refused"); } }));
  await at(page, "received");
  await page.getByText(/refuse de garder les scans/).waitFor();
  await scan(page, "ENDED0002X");
  await page.getByText("ENDED0002X : reçu").first().waitFor();
});

story("whoever signs out with unsent scans is warned, and a line leaves in its own session only", async ({ server, open }) => {
  await truck(server, ["LEAVE0001X"]);
  const rita = await server.person("refurbisher");
  const karim = await server.colleague("refurbisher", "Karim Atelier");
  const page = await open("/connexion");
  await signIn(page, rita);
  await at(page, "received");
  await kept(page);
  await page.route("**/atelier/scan/lignes", (route) => route.abort());
  await scan(page, "LEAVE0001X");
  await page.getByText(/1 en attente depuis/).waitFor();
  await page.goto("/atelier");
  const asked = [];
  page.once("dialog", (dialog) => (asked.push(dialog.message()), dialog.dismiss()));
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  assert.match(asked[0] ?? "", /1 scan\(s\) ne sont pas encore envoyés/);
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.getByText("Vous êtes déconnecté").waitFor();
  await page.unroute("**/atelier/scan/lignes");
  await signIn(page, karim);
  await at(page, "received");
  await page.getByText(/1 ligne\(s\) de Rita Atelier attendent/).waitFor();
  // the station changes hands: once both signed in, one tap is enough
  await page.getByText("Ce poste est partagé").click();
  await page.getByRole("button", { name: "Quelqu’un d’autre prend ce poste" }).click();
  await signIn(page, rita);
  await allSent(page);
  await page.getByRole("button", { name: "Karim Atelier prend la suite" }).click();
  await page.getByText("À Karim Atelier de scanner").waitFor();
  await page.getByText("Ce poste est partagé : Karim Atelier scanne").waitFor();
  // without network too; what Rita scans then waits for her own session
  await page.context().setOffline(true);
  await at(page, "moved", { location: "B-12" });
  await page.getByRole("button", { name: "Rita Atelier prend la suite" }).click();
  await scan(page, "LEAVE0001X");
  await page.getByText(/1 en attente depuis/).waitFor();
  await page.context().setOffline(false);
  await page.getByText(/Une autre personne est connectée dans ce navigateur/).waitFor();
  await at(page, "moved", { location: "B-12" });
  await page.getByText(/1 ligne\(s\) de Rita Atelier attendent/).waitFor();
  await page.getByRole("button", { name: "Rita Atelier prend la suite" }).click();
  await allSent(page);
  await page.getByText("LEAVE0001X : reçu").first().waitFor();
  await isWhole(server, ["LEAVE0001X"], ["received", "moved"]);
  const { items } = await server.api("GET", "/devices?scan=LEAVE0001X", { as: rita });
  const events = await server.api("GET", `/devices/${items[0].id}/events`, { as: rita });
  assert.equal(events.items[0].actor_id, (await server.api("GET", "/me", { as: rita })).id);
});

story("a telephone scans with its camera, the detector of the browser stubbed at its interface", async ({ server, open }) => {
  await truck(server, ["PHONE0001X"]);
  const page = await open("/connexion", { width: 320 });
  await signIn(page, await server.person("refurbisher"));
  await page.addInitScript(() => {
    // what the browser would see and read; everything else is the page's own
    window.BarcodeDetector = class {
      detect() {
        window.looks = (window.looks ?? 0) + 1;
        return Promise.resolve(window.inView ? [{ rawValue: window.inView }] : []);
      }
    };
    const canvas = document.createElement("canvas");
    const paint = canvas.getContext("2d");
    setInterval(() => paint.clearRect(0, 0, 1, 1), 100); // a stream has a picture once something is drawn
    navigator.mediaDevices ??= {};
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
  });
  await at(page, "received");
  await checkPage(page, "the scan page");
  await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
  await page.evaluate(() => (window.inView = "https://ressac.example/d/PHONE0001X"));
  await page.getByText("PHONE0001X : reçu").first().waitFor();
  // the label stays in the picture for a while: that is one scan
  const looks = await page.evaluate(() => window.looks);
  await page.waitForFunction((enough) => window.looks > enough, looks + 5);
  await checkPage(page, "the scan page with its camera");
  await page.getByRole("button", { name: "Arrêter la caméra" }).click();
  await isWhole(server, ["PHONE0001X"], ["received"]);
});

for (const step of ["", "?step=tested.laptop", "?step=erased.purge&tool=nwipe&media=hdd"]) {
  story(`the scan page stands up to the checks, with and without scripts: ${step || "no step"}`, async ({ server, open }) => {
    for (const options of [{ width: 320, scripts: false }, { width: 1280, scheme: "dark", language: "en" }]) {
      const page = await open("/connexion", options);
      await signIn(page, await server.person("refurbisher"));
      await page.goto(`/atelier/scan${step}`);
      await checkPage(page, `the scan page ${step}`);
    }
  });
}
