// An association registers, applies in five sittings, is asked for changes, is granted a lot, reads
// why, and appeals: on a small telephone, without scripts, by keyboard alone in English and in the dark.

import assert from "node:assert/strict";
import { checkPage, fillSignIn, inMenu, PASSWORD, signIn, story } from "./harness.js";
import { KEYBOARD, POINTER } from "./lib/hands.js";
import { approvedWave, at, findEligible, programme, readyDesktops } from "./lib/operation.js";

// Together they have each width, scheme and language at least once.
const WAYS = [
  { about: "on a small telephone", width: 320 },
  { about: "without scripts", width: 768, scripts: false },
  { about: "by keyboard alone, in English, in the dark", width: 1280, hands: KEYBOARD, language: "en", scheme: "dark" },
];

const PDF = { name: "statuts.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 statuts") };

/** A person of an association, with what they act with and what they read. */
class Applicant {
  constructor({ server, open }, { about, hands = POINTER, ...options }) {
    const words = about.replaceAll(/[^a-z]+/gi, "-").toLowerCase();
    Object.assign(this, { server, open, hands, options, name: `Les Mouettes ${about}` });
    this.scripts = options.scripts ?? true;
    this.person = { email: `${words}@mouettes.example`, password: PASSWORD, name: "Aïcha Mouette" };
  }

  /** Of two texts, the one in the language of whoever reads. */
  say = (french, english) => (this.options.language === "en" ? english : french);

  get main() {
    return this.page.getByRole("main");
  }

  async visit(path) {
    this.page = await this.open(path, this.options);
  }

  /** Another day: a browser that is not signed in any more, at the page of the application. */
  async comeBack(path = this.own) {
    await this.page.context().close();
    await this.visit(path);
    await signIn(this.page, this.person, this.hands);
    assert.equal(new URL(this.page.url()).pathname, new URL(path, this.server.url).pathname);
  }

  link = (french, english) => this.main.getByRole("link", { name: this.say(french, english) });
  button = (french, english) => this.main.getByRole("button", { name: this.say(french, english), exact: true });
  field = (french, english, exact = false) => this.main.getByLabel(this.say(french, english), { exact });
  within = (french, english) => this.main.getByRole("group", { name: this.say(french, english) });

  press = (control) => this.hands.press(control);
  fill = (field, text) => this.hands.fill(field, text);
  tick = (box) => this.hands.tick(box);
  check = (about) => checkPage(this.page, about);

  /** Waits until the page has this heading. */
  titled = (french, english) =>
    this.main.getByRole("heading", { level: 1, name: this.say(french, english) }).waitFor();

  says = (french, english) => this.main.getByText(this.say(french, english)).first().waitFor();

  /** Opens the button of the newest mail about something. */
  async openMail(about) {
    const mail = await this.server.mails.to(this.person.email, about);
    const link = mail.links.find((address) => address.startsWith(this.server.url) && !address.includes("/unsubscribe"));
    assert.ok(link, `${mail.subject} has no link`);
    await this.page.goto(link);
  }

  /** Fills in a part of the application and comes back to the list of what is left. */
  async section([french, english], fill) {
    await this.press(this.link(french, english));
    await this.titled(french, english);
    await fill();
    await this.check(english);
    await this.save();
  }

  async save() {
    await this.press(this.button("Enregistrer et revenir à la liste", "Save and go back to the list"));
    await this.page.waitForURL(this.own);
  }

  async tickAll() {
    for (const box of await this.main.getByRole("checkbox").all()) await this.tick(box);
  }
}

async function registers(who) {
  await who.visit("/");
  await who.check("the front page");
  await who.press(who.link("Première visite ? Inscrire une association ou une entreprise", "First visit? Register an association or a company"));
  await who.titled("S’inscrire", "Register");
  await who.check("the registration");
  await who.fill(who.field("Nom", "Name", true), who.name);
  await who.fill(who.field("Numéro et rue", "Number and street"), "8 boulevard National");
  await who.fill(who.field("Code postal", "Postal code"), "13003");
  await who.fill(who.field("Commune", "Commune", true), "Marseille");
  await who.fill(who.field("Votre nom", "Your name"), who.person.name);
  await who.fill(who.field("Votre adresse électronique", "Your e-mail address"), who.person.email);
  await who.press(who.button("S’inscrire", "Register"));
  await who.titled("Un message vous attend", "A message is waiting for you");
  await who.check("the registration is sent");

  await who.openMail(/inscription|registration/i);
  await who.titled("Choisissez votre mot de passe", "Choose your password");
  await who.says(who.person.email, who.person.email);
  await who.check("choosing a password");
  await who.fill(who.main.getByLabel(/^(mot de passe|password)/i), PASSWORD);
  await who.press(who.button("Enregistrer", "Save"));
  await who.titled("Mes demandes", "My applications");
  await who.check("the first page of an association");
}

async function applies(who, name) {
  // the first sitting: which programme, and how many
  await who.press(who.link(`Faire une demande ${name}`, `Apply ${name}`));
  await who.titled("Nouvelle demande", "New application");
  await who.check("a new application");
  await who.press(who.button("Commencer", "Start"));
  await who.says(/Il vous reste environ/, /minutes are left/);
  who.own = who.page.url();
  await who.check("the task list");
  const equipment = ["Le matériel demandé", "The equipment you ask for"];
  const desktops = () => who.within("Ordinateurs fixes", "Desktop computers").getByLabel(who.say("Combien ?", "How many?"));
  await who.section(equipment, () => who.fill(desktops(), "4"));
  await who.says(/pas de lot de moins de 10/, /no lot below 10/);
  await who.check("the task list, with a warning");
  await who.section(equipment, () => who.fill(desktops(), "12"));

  // the second: the session ends while the project is written
  await who.comeBack();
  await who.press(who.link("Votre projet", "Your project"));
  await who.titled("Votre projet", "Your project");
  await who.tick(who.field("nouveau projet", "new project"));
  await who.tick(who.field(/Médiation numérique/i, /Digital mediation|Digital support|digital inclusion/i));
  await who.server.api("DELETE", "/me/sessions", { as: who.person });
  const statement = "Un atelier d’initiation, deux fois par semaine.";
  await who.fill(who.field("Présentez votre projet", "Present your project"), statement);
  if (who.scripts) await who.says(/^Non enregistré/, /^Not saved/);
  await who.press(who.button("Enregistrer et revenir à la liste", "Save and go back to the list"));
  await who.titled("Se connecter", "Sign in");
  await who.says(/Votre session est terminée/, /Your session has ended/);
  await who.check("signing in again with what was typed");
  await fillSignIn(who.page, who.person, who.hands);
  await who.titled("Vous êtes connecté", "You are signed in");
  await who.check("taking up what was typed");
  await who.press(who.button("Enregistrer maintenant", "Save now"));
  await who.page.waitForURL(who.own);
  const { statement: kept } = await application(who);
  assert.equal(kept, statement);

  // the third: the people, the place, the commitments
  await who.comeBack();
  await who.section(["Le public et le lieu", "The people and the place"], async () => {
    await who.fill(who.field(/Combien de personnes/, /How many people/), "300");
    await who.fill(who.field("Adresse", "Address"), "1 rue de la Paix");
    await who.fill(who.field("Code postal", "Postal code"), "13015");
    await who.tick(who.within(/formées/, /trained/).getByLabel(who.say("Oui", "Yes")));
  });
  await who.section(["Vos engagements", "Your commitments"], () => who.tickAll());

  // the fourth: a document
  await who.comeBack();
  await who.press(who.link("Les pièces jointes", "The documents"));
  await who.titled("Les pièces jointes", "The documents");
  await who.tick(who.field("Statuts", "Statutes"));
  await who.hands.attach(who.field("Un fichier", "A file"), PDF);
  await who.press(who.button("Ajouter", "Add"));
  await who.main.getByRole("link", { name: PDF.name }).waitFor();
  await who.check("the documents");

  // the fifth: read again, and sent
  await who.comeBack();
  await sends(who, ["Envoyer la demande", "Send the application"]);
  await who.says("Demande reçue", "Application received");
  await who.check("the acknowledgement");
  const sent = await application(who);
  assert.deepEqual([sent.status, sent.requests[0].quantity, sent.site.postal_code], ["submitted", 12, "13015"]);
  await who.server.mails.to(who.person.email, /D-\d+/);
}

async function sends(who, [french, english]) {
  await who.press(who.link("Relire et envoyer", "Check and send"));
  await who.titled("Relisez vos réponses avant d’envoyer", "Check your answers before you send them");
  await who.check("the answers to check");
  await who.press(who.button(french, english));
  await who.page.waitForURL(who.own);
}

const idOf = (who) => who.own.split("/").at(-1);
const application = async (who) =>
  who.server.api("GET", `/applications/${idOf(who)}`, { as: await who.server.person("admin") });

async function isAskedForChanges(who) {
  const staff = await who.server.person("staff");
  const items = [
    { field: "statement", message: "Décrivez les ateliers." },
    { field: "site", message: "Confirmez le lieu." },
  ];
  await who.server.api("POST", `/applications/${idOf(who)}/request-changes`, { as: staff, body: { items } });
  await who.openMail(/à compléter|needs a few details/);
  assert.equal(who.page.url(), who.own, "the button of the mail leads to the application");
  await who.says("Décrivez les ateliers.", "Décrivez les ateliers.");
  await who.check("what the city asks for");
  await who.press(who.link("Corriger 1", "Correct 1"));
  await who.titled("Votre projet", "Your project");
  await who.check("the answer to correct");
  await who.fill(who.field("Présentez votre projet", "Present your project"), "Des ateliers le mardi et le jeudi.");
  await who.save();
  await who.press(who.link("Répondre 2", "Answer 2"));
  await who.titled("Répondre à la ville", "Answer the city");
  await who.fill(who.field("Ou avec vos mots", "Or in your own words"), "Le lieu est le bon.");
  await who.check("an answer to the city");
  await who.press(who.button("Enregistrer la réponse", "Save the answer"));
  await who.page.waitForURL(who.own);
  await sends(who, ["Renvoyer la demande", "Send the application again"]);
  await who.says("En instruction", "Under review");
  assert.equal((await application(who)).statement, "Des ateliers le mardi et le jeudi.");
}

async function isGrantedALot(who, programme) {
  const { server } = who;
  await findEligible(server, idOf(who));
  await readyDesktops(server, 12);
  const wave = await approvedWave(server, programme);
  await who.openMail(/ordinateur|appareil|lot|device|computer/i);
  assert.equal(who.page.url(), who.own);
  await who.says(/Votre demande est retenue/, /Your application was accepted/);
  await who.check("an application that was granted a lot");
  await who.press(who.link(/Pourquoi/, /Why/));
  await who.titled("Pourquoi ce résultat", "Why this result");
  await who.check("the explanation");
  await who.page.goBack();
  await who.press(who.link(/Voir mes points/, /See my points/));
  await who.titled(/Les points/, /The points/);
  await who.check("the points");

  const lot = (await server.api("GET", "/handovers", { as: await server.person("admin") })).items[0];
  const appointment = { from: at({ days: 3, hour: 9 }), to: at({ days: 3, hour: 10 }), place: "Atelier du Lazaret" };
  await server.api("POST", `/handovers/${lot.id}/schedule`, { as: await server.person("refurbisher"), body: appointment });
  await who.openMail(/Remise d'un lot|Handover of a lot/);
  await who.titled(/Lot /, /Lot /);
  await who.says("Atelier du Lazaret", "Atelier du Lazaret");
  await who.check("the lot and its appointment");
  await who.page.goto(`/vagues/${wave}`);
  await who.check("the wave, as everybody sees it");
}

async function appeals(who) {
  await who.page.goto(who.own);
  await who.press(who.link("Demander un réexamen", "Ask for another look"));
  await who.titled("Demander un réexamen", "Ask for another look");
  await who.check("an appeal");
  await who.fill(who.field(/Pourquoi la décision/, /Why should the decision/), "Nous accompagnons 2 000 personnes.");
  await who.press(who.button("Envoyer", "Send"));
  await who.page.waitForURL(who.own);
  await who.says("À l’étude", "Under review");
  await who.check("the appeal is filed");
  const { items } = await who.server.api("GET", "/appeals", { as: await who.server.person("admin") });
  const own = items.find((appeal) => appeal.application_id === idOf(who));
  assert.equal(own?.grounds, "Nous accompagnons 2 000 personnes.");
  if (who.hands === POINTER) {
    await inMenu(who.page, "button", /se déconnecter|sign out/i);
    await who.says(/Vous êtes déconnecté/, /You are signed out/);
  }
}

for (const way of WAYS) {
  const tell = async (scene) => {
    const who = new Applicant(scene, way);
    const { server } = scene;
    const open = await programme(server, { name: `Marseille 2026 ${way.about}` });
    await registers(who);
    const admin = await server.person("admin");
    const [made] = (await server.api("GET", `/organisations?q=${encodeURIComponent(who.name)}`, { as: admin })).items;
    await server.api("POST", `/organisations/${made.id}/verify`, { as: admin, body: {} });
    await applies(who, open.name);
    await isAskedForChanges(who);
    await isGrantedALot(who, open.id);
    await appeals(who);
  };
  story(`an association applies, is granted a lot and appeals ${way.about}`, tell, { seconds: 300 });
}

// What goes wrong, on the smallest screen: each page says so beside the field, and keeps what was typed.

story("each page says what is wrong, and keeps what was typed", async (scene) => {
  const who = new Applicant(scene, { about: "wrong", width: 320 });
  const { server } = scene;
  const open = await programme(server, { name: "Marseille 2026 wrong" });
  await who.visit("/inscription");
  await who.press(who.button("S’inscrire", "Register"));
  await who.main.getByRole("alert").waitFor();
  await who.check("an empty registration");
  await who.fill(who.field("Nom", "Name", true), "Les <b>Souris</b>");
  await who.fill(who.field("Numéro et rue"), "8 boulevard National");
  await who.fill(who.field("Code postal"), "13");
  await who.fill(who.field("Commune", "Commune", true), "Marseille");
  await who.fill(who.field("Votre nom"), "Aïcha Souris");
  await who.fill(who.field("Votre adresse électronique"), "aicha@souris.example");
  await who.press(who.button("S’inscrire", "Register"));
  await who.main.getByRole("alert").getByText(/code postal/i).waitFor();
  assert.equal(await who.field("Nom", "Name", true).inputValue(), "Les <b>Souris</b>");
  await who.check("a registration with mistakes");

  await who.page.goto("/invitation?token=nothing");
  await who.titled("Ce lien n’est plus valable", "This link is no longer valid");
  await who.check("a link that does not work");
  await who.page.goto("/mot-de-passe-oublie");
  await who.press(who.main.getByRole("button"));
  await who.main.getByRole("alert").waitFor();
  await who.check("a forgotten password without an address");

  const person = await server.person("association");
  who.person = person;
  await who.page.goto(`/demandes/nouvelle?programme=${open.id}`);
  await signIn(who.page, person);
  await who.press(who.button("Commencer", "Start"));
  await who.says(/Il vous reste environ/);
  who.own = who.page.url();
  const wrong = async (path, fill, button = "Enregistrer et revenir à la liste") => {
    await who.page.goto(`${who.own}/${path}`);
    await fill();
    await who.press(who.button(button));
    await who.main.getByRole("alert").waitFor();
    await who.check(`${path} with mistakes`);
  };
  await wrong("materiel", () => who.fill(who.within("Ordinateurs portables").getByLabel("Combien ?"), "beaucoup"));
  assert.equal(await who.within("Ordinateurs portables").getByLabel("Combien ?").inputValue(), "beaucoup");
  await wrong("public", () => who.fill(who.field("Code postal"), "1301"));
  await wrong("pieces", async () => {}, "Ajouter");
  await who.page.goto(`${who.own}/verifier`);
  await who.says("Il reste à compléter");
  await who.check("an application that is not complete");
  await who.main.getByRole("alert").getByRole("link").first().click();
  await who.page.waitForURL(/\/demandes\/.+\/.+/);

  // two people of the association at once
  await who.page.goto(`${who.own}/projet`);
  const seen = await server.api("GET", `/applications/${idOf(who)}`, { as: person });
  await server.api("PATCH", `/applications/${idOf(who)}`, { as: person, body: { statement: "Le texte d’une collègue." } });
  assert.ok(seen.version > 0);
  await who.fill(who.field("Présentez votre projet"), "Mon texte.");
  await who.press(who.button("Enregistrer et revenir à la liste"));
  await who.says("Le texte d’une collègue.");
  assert.equal(await who.field("Présentez votre projet").inputValue(), "Mon texte.");
  await who.check("a page that somebody else changed");

  await who.page.goto("/demandes/0198c0de-0000-7000-8000-000000000000");
  await who.check("nothing here");
  await who.page.goto("/ville");
  await who.check("a page for others");
}, { seconds: 240 });
