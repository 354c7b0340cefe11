// A lot changes hands at the workshop's counter: its devices are scanned, whoever receives it signs on
// the screen. Without scripts boxes are ticked and a name is typed.

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";
import { approvedWave, findEligible, programme, readyDesktops } from "./lib/operation.js";

/** A lot of ten desktops that waits at the workshop: its id, and its devices. */
async function waitingLot(server) {
  const { id: asked } = await programme(server, { name: `Remises ${Date.now()}` });
  const association = await server.person("association");
  await readyDesktops(server, 10);
  const body = {
    requests: [{ kind: "desktop", quantity: 10, accepts: [] }],
    purpose: "new_project",
    themes: ["precarity"],
    beneficiaries_per_year: 200,
    site: { address: "1 rue de la Paix", postal_code: "13015" },
    trained_staff: true,
    own_use: 1,
    statement: "Un atelier d’initiation.",
    commitments: { republican_contract: true, no_resale: true, follow_up: true },
  };
  const application = await server.api("POST", `/programmes/${asked}/applications`, { as: association, body });
  await server.api("POST", `/applications/${application.id}/submit`, { as: association });
  await findEligible(server, application.id);
  const wave = await approvedWave(server, asked);
  const staff = await server.person("staff");
  const { items } = await server.api("GET", `/handovers?wave_id=${wave}`, { as: staff });
  const lot = await server.api("GET", `/handovers/${items[0].id}`, { as: staff });
  return { id: lot.id, tags: lot.lot.map(({ tag }) => tag), serials: lot.lot.map(({ serial }) => serial) };
}

story("a lot is scanned, signed for on the screen and handed over", async ({ server, open }) => {
  const lot = await waitingLot(server);
  const page = await open("/connexion", { width: 768 });
  await signIn(page, await server.person("refurbisher"));
  await page.goto(`/ville/remises/${lot.id}`);
  await checkPage(page, "the page of a lot");
  await page.getByRole("link", { name: "Remettre le lot" }).click();
  const field = page.getByLabel("Scannez chaque appareil");
  await field.focus();
  for (const [n, tag] of lot.tags.entries()) {
    // tags, serial numbers and the address on a label, each ended by the scanner
    const code = [tag, lot.serials[n], `https://ressac.example/d/${tag}`][n % 3];
    await page.keyboard.insertText(code);
    await page.keyboard.press(n % 2 ? "Enter" : "Tab");
    await page.getByText(`coché, ${n + 1} sur 10`).waitFor();
  }
  await page.keyboard.insertText("INCONNU-1");
  await page.keyboard.press("Enter");
  await page.getByText("INCONNU-1 n’est pas dans ce lot").waitFor();
  await page.getByLabel("Qui reçoit le lot").fill("Aïcha Ben");
  await page.getByText("Signée sur cet écran").click();
  await checkPage(page, "handing over, before the signature");
  const pad = page.getByRole("img", { name: /signe dans le cadre/ });
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + 30, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 90, { steps: 8 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Remettre le lot" }).click();
  await page.getByText("Le lot est remis à Aïcha Ben").waitFor();
  await checkPage(page, "a lot that was handed over");
  const done = await server.api("GET", `/handovers/${lot.id}`, { as: await server.person("staff") });
  assert.equal(done.status, "completed");
  assert.match(done.signature, /^data:image\/png;base64,/);
});

story("a lot is handed over without scripts", async ({ server, open }) => {
  const lot = await waitingLot(server);
  const page = await open("/connexion", { width: 320, scripts: false });
  await signIn(page, await server.person("refurbisher"));
  await page.goto(`/ville/remises/${lot.id}/remise`);
  await page.getByRole("button", { name: "Remettre le lot" }).click();
  await page.getByRole("link", { name: "Choisissez comment la remise est signée." }).waitFor();
  await checkPage(page, "handing over, with mistakes");
  for (const tag of lot.tags) await page.getByText(`${tag} – `).click();
  await page.getByLabel("Qui reçoit le lot").fill("Aïcha Ben");
  await page.getByText("Nom tapé", { exact: true }).click();
  await page.getByLabel("Nom tapé par la personne").fill("Aïcha Ben");
  await page.getByRole("button", { name: "Remettre le lot" }).click();
  await page.getByText("Le lot est remis à Aïcha Ben").waitFor();
  const done = await server.api("GET", `/handovers/${lot.id}`, { as: await server.person("staff") });
  assert.deepEqual([done.status, done.signature], ["completed", "Aïcha Ben"]);
});

story("an association chooses when it collects its lot", async ({ server, open }) => {
  const lot = await waitingLot(server);
  const workshop = await open("/connexion");
  await signIn(workshop, await server.person("refurbisher"));
  await workshop.goto("/atelier/creneaux");
  await checkPage(workshop, "slots, none");
  const day = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
  await workshop.getByLabel("Lieu").fill("Quai 3");
  await workshop.getByLabel("Jour").fill(day);
  await workshop.getByLabel("Début").fill("9h");
  await workshop.getByLabel("Fin").fill("8h");
  await workshop.getByRole("button", { name: "Proposer" }).click();
  await workshop.getByRole("link", { name: /La fin vient après le début/ }).waitFor();
  await checkPage(workshop, "slots, with a mistake");
  await workshop.getByLabel("Fin").fill("10h");
  await workshop.getByRole("button", { name: "Proposer" }).click();
  await workshop.getByText("Les créneaux sont proposés").waitFor();
  await checkPage(workshop, "slots that are offered");

  const page = await open("/connexion", { width: 320, scripts: false });
  await signIn(page, await server.person("association"));
  await page.goto(`/lots/${lot.id}`);
  await checkPage(page, "a lot with slots to choose");
  await page.getByRole("button", { name: "Prendre ce rendez-vous" }).click();
  await page.getByRole("alert").or(page.getByText("Il y a un problème")).first().waitFor();
  await checkPage(page, "a lot, no slot chosen");
  await page.getByText(/9\sh\s30\sà\s10\sh/).click();
  await page.getByRole("button", { name: "Prendre ce rendez-vous" }).click();
  await page.getByText("Le rendez-vous est pris").waitFor();
  await checkPage(page, "a lot with a slot");
  const chosen = await server.api("GET", `/handovers/${lot.id}`, { as: await server.person("staff") });
  assert.equal(chosen.status, "scheduled");
  assert.equal(chosen.place, "Quai 3");

  // a day after, the workshop withdraws what nobody chose, and keeps its list
  await workshop.reload();
  await workshop.getByRole("checkbox").first().check();
  await workshop.getByRole("button", { name: "Retirer les créneaux cochés" }).click();
  await workshop.getByText("ne sont plus proposés").waitFor();
});

story("a list is kept as it is narrowed", async ({ server, open }) => {
  const page = await open("/connexion", { width: 320 });
  await signIn(page, await server.person("staff"));
  await page.goto("/ville/demandes?status=in_review");
  await page.getByRole("link", { name: "Garder cette vue" }).click();
  await checkPage(page, "a view to keep");
  await page.getByLabel("Son nom").fill("À relire lundi");
  await page.getByText("La partager avec mes collègues").click();
  await page.getByRole("button", { name: "Garder la vue" }).click();
  await page.getByText("La vue est gardée").waitFor();
  await page.goto("/ville");
  await page.getByRole("link", { name: "À relire lundi" }).click();
  await page.waitForURL(/status=in_review/);
  await page.goto("/compte/vues");
  await checkPage(page, "views that are kept");
  await page.getByRole("button", { name: "Retirer À relire lundi" }).click();
  await page.getByText("La vue est retirée").waitFor();
});
