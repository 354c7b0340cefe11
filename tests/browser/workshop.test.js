// The pages of a workshop's day stand up to the checks: a truck that is counted, a machine that is
// worked on, reports that are dropped, the stock.

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";
import { POINTER } from "./lib/hands.js";
import { truck } from "./lib/truck.js";

const WAYS = [
  { width: 320, scripts: false },
  { width: 1280, scheme: "dark", language: "en" },
];

for (const options of WAYS) {
  story(`every page of a workshop stands up to the checks: ${JSON.stringify(options)}`, async ({ server, open }) => {
    const serial = `PAGES${options.width}`;
    const batch = await truck(server, [serial, `${serial}B`]);
    const workshop = await server.person("refurbisher");
    const page = await open("/connexion", options);
    await signIn(page, workshop);
    const { items } = await server.api("GET", `/devices?scan=${serial}`, { as: await server.person("admin") });
    const device = `/atelier/appareils/${items[0].id}`;
    const paths = [
      "/atelier", "/atelier/lots", `/atelier/lots/${batch}`, "/atelier/appareils?sort=waiting", device,
      `${device}/etapes/triaged`, `${device}/etapes/erased`, `${device}/etapes/tested`, `${device}/etapes/repaired`,
      `${device}/etapes/graded`, `${device}/etapes/scrapped`, `${device}/etapes/harvested`,
      "/atelier/rapports", "/atelier/disques", "/atelier/stock", "/atelier/stock/mouvements", "/atelier/stock/inventaire",
      "/atelier/transferts", "/atelier/transferts/nouveau", "/atelier/dechets",
    ];
    for (const path of paths) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 200, path);
      await checkPage(page, path);
    }
  });
}

story("a refurbisher counts a truck by typed bursts, and drops the reports of its drives", async ({ server, open }) => {
  const batch = await truck(server, ["DOCK0001X", "DOCK0002X"]);
  const page = await open("/connexion", { width: 320 });
  await signIn(page, await server.person("refurbisher"));
  await page.goto(`/atelier/lots/${batch}`);
  for (const [code, answer] of [["DOCK0001X", "est sur la liste"], ["DOCK0001X", "est déjà compté"], ["DOCK9999X", "n’est pas sur la liste"]]) {
    await page.waitForFunction(() => document.activeElement?.name === "devices/0/serial");
    await page.keyboard.insertText(code);
    await page.keyboard.press("Enter");
    await page.getByText(`${code} ${answer}`).waitFor();
  }
  await checkPage(page, "the reception after a scan");
  await page.getByRole("button", { name: "Terminer le comptage" }).click();
  await page.getByText(/Manquants\s: 1/).waitFor();
  await checkPage(page, "the reception after the count");
  await page.getByLabel("Son numéro de série ou son étiquette").fill("DOCK0002X");
  await page.getByRole("button", { name: "Que faire ?" }).click();
  await page.getByText(/notée manquante/).waitFor();
  await checkPage(page, "a late machine");

  const { items } = await server.api("GET", "/devices?scan=DOCK0001X", { as: await server.person("admin") });
  await page.goto(`/atelier/appareils/${items[0].id}/etapes/triaged`);
  await POINTER.tick(page.getByLabel("Elle est remise en état"));
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText(/La machine est maintenant/).waitFor();
  await page.goto("/atelier/rapports");
  const log = (serial) => {
    const now = new Date().toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
    return `[${now}]    info: nwipe 0.38\n[${now}]  notice: Found /dev/sda, ATA, WDC WD10, 1TB, S/N=${serial}\n[${now}]  notice: Invoking method 'PRNG Stream' on /dev/sda\n\n********* Drive Status *********\n!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n       sda | Erased |  98MB/s | 00:00:04 | WDC WD10/${serial}\n`;
  };
  const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const reports = Array.from({ length: 11 }, (_, n) => file(`inconnu-${n}.log`, log(`NOBODY-${n}`)));
  await page.getByLabel("Rapports", { exact: true }).setInputFiles([file("disque.log", log("WD-DOCK-1")), ...reports]);
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.getByText("12 fichiers lus, 0 disque prouvé").waitFor();
  await checkPage(page, "the answer to a dozen reports");
  await page.getByLabel("Rapports", { exact: true }).setInputFiles(file("disque.log", log("DOCK-DISK")));
  await page.getByLabel(/Machine, si aucun disque/).fill("DOCK0001X");
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.getByRole("heading", { name: "Fichier par fichier" }).waitFor();
  await checkPage(page, "the answer to one report");
  await server.run("check");
});
