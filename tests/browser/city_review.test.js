// Two people of the city review applications: one takes a case, marks it and asks for a detail; the
// other marks it too; one of them decides, the other one's page is stale by then.

import assert from "node:assert/strict";
import { checkPage, signIn, story } from "./harness.js";
import { POINTER } from "./lib/hands.js";

const FORM = {
  requests: [{ kind: "desktop", quantity: 20, accepts: ["laptop"] }],
  purpose: "new_project",
  themes: ["precarity", "employment"],
  beneficiaries_per_year: 200,
  site: { address: "1 rue de la Paix", postal_code: "13003" },
  trained_staff: true,
  own_use: 1,
  statement: "Un atelier d'initiation.",
  commitments: { republican_contract: true, no_resale: true, follow_up: true },
};

/** A programme, and an application of the association of these stories: its address in the API. */
async function application(server, name) {
  const admin = await server.person("admin");
  const association = await server.person("association");
  const programme = await server.api("POST", "/programmes", {
    as: admin,
    body: {
      name,
      rubric: "marseille-2023",
      kinds: ["desktop", "laptop"],
      lot_min: 10,
      lot_max: 30,
      opens_at: "2023-02-01T00:00:00Z",
      closes_at: null,
      territory: "13055",
    },
  });
  const made = await server.api("POST", `/programmes/${programme.id}/applications`, { as: association, body: FORM });
  await server.api("POST", `/applications/${made.id}/submit`, { as: association, body: {} });
  return { id: made.id, api: `/applications/${made.id}`, page: `/ville/demandes/${made.id}`, programme: programme.id };
}

const main = (page) => page.getByRole("main");
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const says = (page, text) => main(page).getByText(text).first().waitFor();

/** Gives a mark with its reason, and saves it. */
async function mark(page, points, why) {
  await POINTER.tick(main(page).getByRole("radio", { name: points, exact: true }));
  await main(page).getByLabel("Pourquoi cette note ?").fill(why);
  await press(page, "Enregistrer mon évaluation");
  await says(page, "Votre évaluation est enregistrée.");
}

for (const options of [{ width: 1280 }, { width: 320, scripts: false }]) {
  const how = options.scripts === false ? "without scripts, on a small telephone" : "on a wide screen";
  story(`two people review an application ${how}`, async ({ server, open }) => {
    const [sofia, camille] = [await server.person("staff"), await server.person("admin")];
    const association = await server.person("association");
    const { api, page: address } = await application(server, `Marseille ${how}`);

    // Sofia finds it on her desk, takes it and gives a mark
    const hers = await open("/ville", options);
    await signIn(hers, sofia);
    await checkPage(hers, "the desk");
    await main(hers).getByRole("link", { name: "Demandes que personne n’a commencées" }).click();
    await checkPage(hers, "the list of applications");
    await hers.goto(`${address}?status=submitted`);
    await checkPage(hers, "an application to review");
    await press(hers, "Je m’en occupe");
    await says(hers, "La demande est à vous.");
    await press(hers, "Enregistrer mon évaluation");
    await main(hers).getByRole("alert").waitFor();
    await checkPage(hers, "an assessment without a mark");
    await mark(hers, "4", "Un vrai besoin, bien décrit.");

    // she asks for a detail, with a ready sentence
    await main(hers).getByRole("link", { name: "Choisir ce qui est à préciser" }).click();
    await checkPage(hers, "what is to be completed");
    await press(hers, "Envoyer à l’association");
    await main(hers).getByRole("alert").waitFor();
    await POINTER.tick(main(hers).getByRole("checkbox", { name: "Projet", exact: true }));
    const part = main(hers).locator(".choice", { has: hers.getByRole("checkbox", { name: "Projet", exact: true }) });
    await part.getByLabel("Une phrase toute prête").selectOption({ index: 1 });
    await checkPage(hers, "a ready sentence");
    await press(hers, "Envoyer à l’association");
    await says(hers, "La demande est renvoyée à l’association");
    assert.equal((await server.api("GET", api, { as: sofia })).status, "changes_requested");

    // the association answers
    const answer = { statement: "Trois ateliers par semaine, animés par deux bénévoles." };
    await server.api("PATCH", api, { as: association, body: answer });
    await server.api("POST", `${api}/submit`, { as: association, body: {} });

    // Camille does not see Sofia's mark before she gave hers
    const theirs = await open("/ville/demandes?answered=yes", options);
    await signIn(theirs, camille);
    await checkPage(theirs, "what came back");
    await theirs.goto(address);
    await says(theirs, "Vous verrez leur avis après avoir donné le vôtre.");
    assert.equal(await main(theirs).getByText("Un vrai besoin, bien décrit.").count(), 0);
    await mark(theirs, "1", "Trop ambitieux pour deux bénévoles.");
    await says(theirs, "Un vrai besoin, bien décrit.");
    await says(theirs, "Les notes sont éloignées");
    await checkPage(theirs, "marks that are far apart");

    // Sofia decides with a double click; Camille's page is stale by then
    await hers.goto(address);
    await says(hers, "Trop ambitieux pour deux bénévoles.");
    await POINTER.tick(main(hers).getByRole("radio", { name: "Éligible", exact: true }));
    await main(hers).getByRole("button", { name: "Enregistrer la décision" }).dblclick();
    await says(hers, "La demande est éligible");
    await checkPage(hers, "a decided application");
    await POINTER.tick(main(theirs).getByRole("radio", { name: "Non éligible", exact: true }));
    await main(theirs).getByLabel(/^Les raisons, une par ligne/).fill("Hors objet.");
    await press(theirs, "Enregistrer la décision");
    await says(theirs, "Une autre personne a changé cette demande entre-temps");
    await checkPage(theirs, "a stale decision");

    // the back button may show the form again; sending it once more changes nothing
    await hers.goBack();
    const eligible = main(hers).getByRole("radio", { name: "Éligible", exact: true });
    if (await eligible.isVisible()) {
      await POINTER.tick(eligible);
      await press(hers, "Enregistrer la décision");
      await hers.waitForLoadState();
    }
    const decided = await server.api("GET", api, { as: sofia });
    assert.equal(decided.status, "eligible");
    assert.equal(decided.assessments.length, 2);
    const outbox = await server.api("GET", `/notifications?to=${association.email}`, { as: camille });
    const told = outbox.items.filter((mail) => mail.kind === "application_eligible" && mail.subject.includes(decided.reference));
    assert.equal(told.length, 1);
  });
}

story("a programme is changed with a pasted number, in two tabs", async ({ server, open }) => {
  const camille = await server.person("admin");
  const { programme, page: address } = await application(server, "Marseille en deux onglets");
  const first = await open("/ville", { width: 1280 });
  await signIn(first, camille);
  await first.goto(`/ville/programmes/${programme}`);
  await checkPage(first, "a programme");
  const second = await first.context().newPage();
  await second.goto(`/ville/programmes/${programme}`);
  // as a French spreadsheet writes it, with a narrow no-break space
  await main(first).getByLabel("Plus grand lot").fill("1\u202f000");
  await press(first, "Enregistrer");
  await says(first, "Le programme est changé");
  assert.equal((await server.api("GET", `/programmes/${programme}`, { as: camille })).lot_max, 1000);
  await main(second).getByLabel("Plus grand lot").fill("40");
  await press(second, "Enregistrer");
  await says(second, "Une autre personne a changé ce programme entre-temps");
  assert.equal(await main(second).getByLabel("Plus grand lot").inputValue(), "40", "what was typed is kept");

  // pages that staff open on other days, on a telephone
  await first.setViewportSize({ width: 320, height: 640 });
  for (const path of [
    "/ville/recherche?q=mouettes",
    "/ville/organisations",
    "/ville/organisations/nouvelle",
    "/ville/recours",
    "/ville/inscriptions",
    "/ville/messages",
    "/ville/personnes",
    "/ville/personnes/nouvelle",
    "/ville/programmes",
    `/ville/programmes/${programme}/grille?rubric=marseille-2023`,
    "/ville/journal",
    "/ville/absences",
    `${address}/messages`,
  ]) {
    await first.goto(path);
    await checkPage(first, path);
  }
});
