// An association applies from its first page to the acknowledgement.

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";

const WAYS = [
  { about: "on a small telephone", options: { width: 320, scripts: true, language: "fr" } },
  { about: "without scripts", options: { width: 320, scripts: false, language: "fr" } },
];

const programme = {
  name: "Marseille 2026",
  rubric: "marseille-2023",
  kinds: ["desktop", "laptop"],
  lot_min: 10,
  lot_max: 30,
  opens_at: "2023-02-01T00:00:00Z",
  territory: "13055",
};

for (const { about, options } of WAYS) {
  story(`an association applies ${about}`, async ({ server, open }) => {
    const name = `${programme.name} ${about}`;
    await server.api("POST", "/programmes", { as: await server.person("admin"), body: { ...programme, name } });
    const person = await server.person("association");
    const page = await open("/demandes", options);
    const main = page.getByRole("main");
    await signIn(page, person);
    await checkPage(page, "the association's home");

    await main.getByRole("link", { name: `Faire une demande ${name}` }).click();
    await checkPage(page, "a new application");
    await main.getByRole("button", { name: "Commencer" }).click();
    await main.getByText(/Il vous reste environ/).waitFor();
    await checkPage(page, "the task list");
    const own = page.url();

    const section = async (title, fill) => {
      await main.getByRole("link", { name: title }).click();
      await main.getByRole("heading", { level: 1, name: title }).waitFor();
      await fill();
      await checkPage(page, title);
      await main.getByRole("button", { name: /Enregistrer et revenir/ }).click();
      await page.waitForURL(own);
    };
    await section("Le matériel demandé", async () => {
      await main.getByRole("group", { name: "Ordinateurs fixes" }).getByLabel("Combien ?").fill("12");
    });
    await section("Votre projet", async () => {
      await main.getByLabel("nouveau projet").check();
      await main.getByLabel("Médiation numérique").check();
      await main.getByLabel("Présentez votre projet").fill("Un atelier d'initiation, deux fois par semaine.");
    });
    await section("Le public et le lieu", async () => {
      await main.getByLabel(/Combien de personnes/).fill("300");
      await main.getByLabel("Adresse").fill("1 rue de la Paix");
      await main.getByLabel("Code postal").fill("13015");
      await main.getByRole("group", { name: /formées/ }).getByLabel("Oui").check();
    });
    await section("Vos engagements", async () => {
      for (const box of await main.getByRole("checkbox").all()) await box.check();
    });

    await main.getByRole("link", { name: "Les pièces jointes" }).click();
    await main.getByLabel("Un fichier").setInputFiles({
      name: "statuts.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7 statuts"),
    });
    await main.getByRole("button", { name: "Ajouter" }).click();
    await main.getByRole("link", { name: "statuts.pdf" }).waitFor();
    await checkPage(page, "the documents");

    await page.goto(`${own}/verifier`);
    await checkPage(page, "the answers to check");
    await main.getByRole("button", { name: "Envoyer la demande" }).click();
    await main.getByText("Demande reçue").waitFor();
    await checkPage(page, "the acknowledgement");

    const sent = await server.api("GET", `/applications/${own.split("/").at(-1)}`, { as: person });
    assert.equal(sent.status, "submitted");
    assert.equal(sent.requests[0].quantity, 12);
    assert.equal(sent.site.postal_code, "13015");
  });
}
