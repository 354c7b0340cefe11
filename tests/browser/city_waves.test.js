// Two people of the city decide a wave: one builds it on the workbench, the other approves it; then
// its lots get their appointments.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { PASSWORD, checkPage, signIn, story } from "./harness.js";

const DAY = 86_400_000;
const APPOINTMENT = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10);
const ASSOCIATIONS = [
  { name: "Les Goélands bleus", quantity: 12, points: 5, postal_code: "13001" },
  { name: "Cap Numérique", quantity: 10, points: 4, postal_code: "13003" },
  { name: "Le Filet d’entraide", quantity: 6, points: 1, postal_code: "13015" },
];

/** A second person of a role. */
async function colleague(server, { email, name, role, organisation }) {
  const admin = await server.person("admin");
  await server.api("POST", "/users", { as: admin, body: { email, name, role, organisation_id: organisation } });
  const mail = await server.mails.to(email);
  const token = mail.links.map((link) => new URL(link).searchParams.get("token")).find(Boolean);
  await server.api("POST", "/auth/invitation", { body: { token, password: PASSWORD } });
  return { email, name, password: PASSWORD };
}

/** Screens that a workshop has made ready: they have no drives to erase. */
async function readyScreens(server, staff, count) {
  const [donor, rita] = [await server.person("donor"), await server.person("refurbisher")];
  const checker = await colleague(server, {
    email: "checker@ressac.example", name: "Chloé Contrôle", role: "refurbisher", organisation: rita.organisation,
  });
  const from = new Date(Date.now() + 2 * DAY).toISOString().replace(/\.\d+/, "");
  const to = new Date(Date.now() + 2 * DAY + 7_200_000).toISOString().replace(/\.\d+/, "");
  const batch = await server.api("POST", "/batches", {
    as: donor,
    body: {
      title: "Écrans", declared: [{ kind: "monitor", quantity: count }], accessories: [],
      pickup: {
        address: "2 quai de la Joliette", postal_code: "13002", commune: "Marseille",
        contact_name: "Dora", contact_phone: "04 91 00 00 00", from, to,
      },
    },
  });
  const path = `/batches/${batch.id}`;
  await server.api("POST", `${path}/submit`, { as: donor, body: {} });
  await server.api("POST", `${path}/accept`, { as: staff, body: {} });
  await server.api("POST", `${path}/schedule`, { as: staff, body: { workshop_id: rita.organisation, from, to } });
  await server.api("POST", `${path}/collect`, { as: rita, body: { collected_at: new Date().toISOString().replace(/\.\d+/, "") } });
  const serials = Array.from({ length: count }, (_, number) => `ECRAN-${String(number).padStart(3, "0")}`);
  await server.api("POST", `${path}/receive`, {
    as: rita,
    body: {
      devices: serials.map((serial) => ({ serial, kind: "monitor", manufacturer: "Iiyama", model: "ProLite" })),
      accessories: [{ kind: "power_cable", quantity: count }, { kind: "video_cable", quantity: count }],
    },
  });
  await server.api("POST", `${path}/close`, { as: rita, body: {} });
  const log = async (as, steps) => {
    const events = serials.flatMap((device) =>
      steps.map((step) => ({ device, client_id: `${device}-${step.type}`, ...step })));
    const { results } = await server.api("POST", "/device-events", { as, body: { events } });
    const refused = results.find(({ status }) => status === "refused");
    assert.equal(refused, undefined, JSON.stringify(refused));
  };
  const checks = { picture: "pass", inputs: "pass" };
  await log(rita, [{ type: "triaged", outcome: "keep" }, { type: "erased", drives: [{ method: "absent", media: "other", result: "success" }] }, { type: "tested", checks }, { type: "graded", cosmetic: "B" }]);
  await log(checker, [{ type: "quality_checked", passed: true }, { type: "ready" }]);
}

/** A programme in which three associations are eligible. */
async function programme(server, staff, admin) {
  const made = await server.api("POST", "/programmes", {
    as: staff,
    body: {
      name: "Écrans 2026", rubric: "marseille-2023", kinds: ["monitor"], lot_min: 4, lot_max: 10,
      opens_at: new Date(Date.now() - 30 * DAY).toISOString().replace(/\.\d+/, ""), closes_at: null, territory: "13055",
    },
  });
  for (const { name, quantity, points, postal_code } of ASSOCIATIONS) {
    const association = await server.api("POST", "/organisations", {
      as: staff,
      body: { kind: "association", name, address: "1 rue de la Paix", postal_code, commune: "Marseille" },
    });
    await server.api("POST", `/organisations/${association.id}/verify`, { as: staff, body: {} }).catch(() => {});
    const application = await server.api("POST", `/programmes/${made.id}/applications`, {
      as: staff,
      body: {
        association_id: association.id, requests: [{ kind: "monitor", quantity, accepts: [] }], purpose: "new_project",
        themes: ["precarity"], beneficiaries_per_year: 200, site: { address: "1 rue de la Paix", postal_code },
        trained_staff: true, own_use: 0, statement: "Un atelier d’initiation.",
        commitments: { republican_contract: true, no_resale: true, follow_up: true },
      },
    });
    const path = `/applications/${application.id}`;
    await server.api("POST", `${path}/submit`, { as: staff, body: {} });
    for (const assessor of [staff, admin]) {
      await server.api("PUT", `${path}/assessments/project`, { as: assessor, body: { points, justification: "Lu." } });
    }
    await server.api("POST", `${path}/decide`, { as: staff, body: { outcome: "eligible", reasons: [] } });
  }
  return made;
}

story("two of the city decide a wave, and its lots get appointments", async ({ server, open }) => {
  const [staff, admin] = [await server.person("staff"), await server.person("admin")];
  await readyScreens(server, staff, 26);
  const { id } = await programme(server, staff, admin);

  // the ranking leads to a new wave
  const page = await open(`/ville/programmes/${id}/classement`, { width: 1280 });
  await signIn(page, staff);
  const main = page.getByRole("main");
  await main.getByRole("table", { name: /Combien de demandes/ }).waitFor();
  await checkPage(page, "the ranking");
  await main.getByRole("link", { name: "Préparer une vague" }).click();
  await checkPage(page, "a new wave");
  await main.getByLabel("Nom de la vague").fill("Vague des écrans");
  await main.getByRole("button", { name: "Créer le brouillon" }).click();
  await main.getByRole("alert").waitFor();
  await checkPage(page, "a new wave with a mistake");
  assert.equal(await main.getByLabel("Nom de la vague").inputValue(), "Vague des écrans");
  await main.getByLabel("Graine du tirage entre égaux").fill("loto du 1er mars");
  await main.getByRole("button", { name: "Créer le brouillon" }).click();
  await page.waitForURL(/\/ville\/vagues\/[0-9a-f-]{36}$/);
  const own = new URL(page.url()).pathname;
  const wave = () => server.api("GET", own.replace("/ville/vagues/", "/waves/"), { as: staff });

  // the effect of a setting follows as it is typed; nothing is stored
  await checkPage(page, "the workbench");
  const { version } = await wave();
  await main.getByLabel("Plus grand lot", { exact: true }).fill("6");
  await main.getByRole("heading", { name: "Effet de ces réglages" }).waitFor();
  await main.getByRole("table", { name: "Plans côte à côte" }).waitFor();
  assert.match(page.url(), /lot_max=6/, "the address has what is tried");
  assert.equal((await wave()).version, version, "trying stored something");
  await main.getByRole("link", { name: "Garder pour comparer" }).click();
  await main.getByLabel("Plus grand lot", { exact: true }).fill("8");
  await main.getByRole("columnheader", { name: "Gardé 1" }).waitFor();
  await main.getByText("Plus grand lot : 10 → 8").waitFor();
  await checkPage(page, "three plans side by side");
  await page.setViewportSize({ width: 768, height: 900 });
  await checkPage(page, "three plans side by side");
  await page.setViewportSize({ width: 1280, height: 900 });
  await main.getByRole("button", { name: "Enregistrer ces réglages" }).click();
  await main.getByText("Les réglages sont enregistrés").waitFor();
  assert.equal((await wave()).settings.lot_max, 8);
  await main.getByRole("button", { name: "Demander une proposition" }).click();
  await main.getByText("Le plan est calculé").waitFor();
  await checkPage(page, "the lots of a wave");

  // a line is fixed, with its reason
  await main.getByRole("link", { name: "Le Filet d’entraide" }).click();
  await checkPage(page, "a line of a wave");
  await main.getByText("Fixer ce qu’elle reçoit", { exact: true }).click();
  await main.getByLabel(/^Si vous fixez/).fill("6");
  await main.getByLabel("Raison").fill("La salle ouvre lundi.");
  await main.getByRole("button", { name: "Recalculer avec cette décision" }).click();
  await main.getByText("La salle ouvre lundi.").waitFor();
  await checkPage(page, "the interventions of a wave");

  // submitted, with a message; who submits is told before trying that they cannot approve
  await main.getByRole("link", { name: "Décision" }).click();
  await checkPage(page, "the decision on a wave");
  await main.getByLabel(/^Message à la personne/).fill("Relisez la ligne fixée.");
  await main.getByRole("button", { name: "Soumettre la vague" }).click();
  await main.getByRole("link", { name: "Ouvrir la page d’approbation" }).click();
  await main.getByText("Vous ne pouvez pas approuver cette vague").waitFor();

  // the mail leads the other straight to the approval
  const mail = await server.mails.to(admin.email, /approuver/i);
  const link = mail.links.map((text) => new URL(text)).find(({ pathname }) => pathname.startsWith("/ville/approbations/"));
  const other = await open(link.pathname, { width: 768 });
  await signIn(other, admin);
  const theirs = other.getByRole("main");
  await theirs.getByText("Relisez la ligne fixée.").waitFor();
  await theirs.getByText("La salle ouvre lundi.").waitFor();
  await checkPage(other, "the approval");
  await theirs.getByRole("button", { name: "Approuver la vague" }).click();
  await theirs.getByText("La vague est approuvée").waitFor();
  await checkPage(other, "the decision once it is taken");
  const decided = await wave();
  assert.deepEqual([decided.status, decided.associations], ["approved", 3]);

  // the calendar: an appointment is made, missed, made again; a screen is replaced
  await theirs.getByRole("link", { name: "Fixer les rendez-vous" }).click();
  await other.goto("/ville/remises");
  await checkPage(other, "the calendar, empty");
  await theirs.getByRole("link", { name: "Cap Numérique" }).click();
  await checkPage(other, "a lot");
  await theirs.getByLabel("Jour").fill(APPOINTMENT);
  await theirs.getByLabel("Début").fill("9h30");
  await theirs.getByLabel("Fin").fill("9h"); // before it begins
  await theirs.getByLabel("Lieu").fill("Quai 3");
  await theirs.getByRole("button", { name: "Fixer le rendez-vous" }).click();
  await theirs.getByRole("alert").waitFor();
  await checkPage(other, "a lot with a mistake");
  await theirs.getByLabel("Fin").fill("11h");
  await theirs.getByRole("button", { name: "Fixer le rendez-vous" }).click();
  await theirs.getByText("Le rendez-vous est fixé").waitFor();
  await theirs.getByText("Personne n’est venu").click();
  await theirs.getByLabel("Ce qui s’est passé").fill("Grève des transports.");
  await theirs.getByRole("button", { name: "Noter le rendez-vous manqué" }).click();
  await theirs.getByText("Le rendez-vous manqué est noté").waitFor();
  await theirs.getByText("Un appareil est en panne").click();
  await theirs.getByLabel("La panne, pour l’atelier").fill("Écran noir.");
  await theirs.getByRole("button", { name: "Le remplacer par un équivalent" }).click();
  await theirs.getByText(/remplace .* dans ce lot|aucun/i).first().waitFor();
  for (const path of [`/ville/remises?week=${APPOINTMENT}`, "/ville/vagues", `${own}/stock`, `/ville/programmes/${id}/attente`,
    "/ville/suivis", "/ville/bilan", `/vagues/${own.split("/").at(-1)}/preparation`]) {
    await other.goto(path);
    await checkPage(other, path);
  }
});

story("a wave is tried without scripts, in English, in the dark", async ({ server, open }) => {
  const staff = await server.person("staff");
  const name = `Sans ${randomBytes(3).toString("hex")}`;
  const made = await server.api("GET", "/programmes", { as: staff });
  assert.ok(made.items.length > 0, "the story before made a programme");
  const wave = await server.api("POST", `/programmes/${made.items[0].id}/waves`, { as: staff, body: { name, seed: "s" } });
  const page = await open(`/ville/vagues/${wave.id}`, { width: 768, scripts: false, language: "en", scheme: "dark" });
  await signIn(page, staff);
  await page.goto(`/ville/vagues/${wave.id}?lang=en`);
  const main = page.getByRole("main");
  await main.getByLabel("Smallest lot", { exact: true }).fill("2");
  await main.getByRole("button", { name: "Try these settings" }).click();
  await main.getByRole("heading", { name: /Effect of these settings|What the wave/ }).waitFor();
  assert.match(page.url(), /lot_min=2/);
  await checkPage(page, "the workbench without scripts");
  await main.getByLabel("Smallest lot", { exact: true }).fill("400");
  await main.getByRole("button", { name: "Try these settings" }).click();
  await main.getByRole("alert").waitFor();
  await checkPage(page, "the workbench with a mistake");
});
