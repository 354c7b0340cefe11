// The pages that scripts/screenshots takes a picture of, and that every role's crawl begins with.
// `as` is the role of whoever looks at it (nobody when left out). `path` may be a function of
// `{ api }` that finds the address of a thing of the demo: `api(method, path, { as: role, body })`.

export const PAGES = [
  { name: "home", path: "/" },
  { name: "sign-in", path: "/connexion" },
  { name: "forgotten", path: "/mot-de-passe-oublie" },
  { name: "void-link", path: "/invitation?token=x" },
  { name: "registration", path: "/inscription" },
  { name: "registration-sent", path: "/inscription/envoyee" },
  { name: "programme", path: async ({ api }) => `/programmes/${await first(api, "/programmes")}` },
  { name: "figures", path: "/chiffres" },
  { name: "open-data", path: "/donnees" },
  { name: "verify", path: "/verifier" },
  { name: "verify-nothing", path: "/verifier/LOT-2023-0001" },
  { name: "public-wave", path: async ({ api }) => `/vagues/${await first(api, "/waves?status=completed")}` },
  { name: "accessibility", path: "/accessibilite" },
  { name: "legal", path: "/mentions" },
  { name: "follow", path: async ({ api }) => `/suivi/${(await api("PUT", `/batches/${await first(api, "/batches")}/follow-link`, { as: "donor" })).token}` },
  { name: "follow-nothing", path: "/suivi/x" },
  { name: "reset-void", path: "/reset?token=x" },
  { name: "email-void", path: "/email?token=x" },
  { name: "unsubscribe-void", path: "/unsubscribe?token=x" },
  { name: "reception-void", path: "/reception?token=x" },
  { name: "nothing-here", path: "/rien-de-tel" },
  { name: "styles", path: "/styles" },
  { name: "donor-home", path: "/dons", as: "donor" },
  { name: "donor-new", path: "/dons/nouveau", as: "donor" },
  { name: "donor-batch", path: async ({ api }) => `/dons/${await first(api, "/batches")}`, as: "donor" },
  { name: "donor-list", path: async ({ api }) => `/dons/${await first(api, "/batches")}/liste`, as: "donor" },
  { name: "donor-pickup", path: async ({ api }) => `/dons/${await first(api, "/batches")}/enlevement`, as: "donor" },
  { name: "donor-count", path: async ({ api }) => `/dons/${await first(api, "/batches")}/comptage`, as: "donor" },
  { name: "donor-devices", path: async ({ api }) => `/dons/${await first(api, "/batches")}/appareils`, as: "donor" },
  { name: "donor-summary", path: async ({ api }) => `/dons/${await first(api, "/batches")}/recapitulatif`, as: "donor" },
  { name: "donor-share", path: async ({ api }) => `/dons/${await first(api, "/batches")}/partage`, as: "donor" },
  { name: "association-home", path: "/demandes", as: "association" },
  { name: "association-new", path: "/demandes/nouvelle", as: "association" },
  { name: "association-application", path: async ({ api }) => `/demandes/${await first(api, "/applications")}`, as: "admin" },
  { name: "workshop-home", path: "/atelier", as: "refurbisher" },
  { name: "workshop-scan", path: "/atelier/scan", as: "refurbisher" },
  { name: "workshop-scan-tests", path: "/atelier/scan?step=tested.laptop", as: "refurbisher" },
  { name: "workshop-scan-erasure", path: "/atelier/scan?step=erased.purge&tool=nvme-cli&media=nvme", as: "refurbisher" },
  { name: "workshop-batches", path: "/atelier/lots?status=closed", as: "refurbisher" },
  { name: "workshop-reception", path: async ({ api }) => `/atelier/lots/${await first(api, "/batches")}`, as: "refurbisher" },
  { name: "workshop-devices", path: "/atelier/appareils?sort=waiting", as: "refurbisher" },
  { name: "workshop-device", path: async ({ api }) => `/atelier/appareils/${await first(api, "/devices")}`, as: "refurbisher" },
  { name: "workshop-step", path: async ({ api }) => `/atelier/appareils/${await first(api, "/devices")}/etapes/tested`, as: "refurbisher" },
  { name: "workshop-reports", path: "/atelier/rapports", as: "refurbisher" },
  { name: "workshop-drives", path: "/atelier/disques", as: "refurbisher" },
  { name: "workshop-stock", path: "/atelier/stock", as: "refurbisher" },
  { name: "workshop-stocktake", path: "/atelier/stock/inventaire", as: "refurbisher" },
  { name: "workshop-transfers", path: "/atelier/transferts", as: "refurbisher" },
  { name: "workshop-transfer-new", path: "/atelier/transferts/nouveau", as: "refurbisher" },
  { name: "workshop-movements", path: "/atelier/stock/mouvements", as: "refurbisher" },
  { name: "workshop-handovers", path: "/atelier/remises", as: "refurbisher" },
  { name: "workshop-slots", path: offered, as: "refurbisher" },
  { name: "workshop-labels", path: "/atelier/etiquettes", as: "refurbisher" },
  { name: "workshop-correct", path: async ({ api }) => `/atelier/appareils/${await first(api, "/devices")}/corriger`, as: "refurbisher" },
  { name: "workshop-offline", path: "/atelier/scan/hors-ligne", as: "refurbisher" },
  { name: "workshop-waste", path: "/atelier/dechets", as: "refurbisher" },
  { name: "city-waves", path: "/ville/vagues", as: "staff" },
  { name: "city-wave-new", path: "/ville/vagues/nouvelle", as: "staff" },
  { name: "city-ranking", path: async ({ api }) => `/ville/programmes/${await first(api, "/programmes")}/classement`, as: "staff" },
  { name: "city-waiting", path: async ({ api }) => `/ville/programmes/${await first(api, "/programmes")}/attente`, as: "staff" },
  { name: "city-workbench", path: async ({ api }) => `/ville/vagues/${await draft(api)}?essai=1&lot_min=2&lot_max=20&weight/score=1&residual=grow&picking=site_first&seed=s&supply/kinds=desktop&supply/kinds=laptop&reserve_small/quantity/desktop=6`, as: "staff" },
  { name: "city-stock", path: async ({ api }) => `/ville/vagues/${await draft(api)}/stock`, as: "staff" },
  { name: "city-wave-lots", path: async ({ api }) => `/ville/vagues/${await first(api, "/waves?status=completed")}/lots`, as: "staff" },
  { name: "city-wave-interventions", path: async ({ api }) => `/ville/vagues/${await first(api, "/waves?status=completed")}/interventions`, as: "staff" },
  { name: "city-wave-decision", path: async ({ api }) => `/ville/vagues/${await first(api, "/waves?status=completed")}/decision`, as: "staff" },
  { name: "city-calendar", path: "/ville/remises", as: "staff" },
  { name: "city-lot", path: async ({ api }) => `/ville/remises/${await first(api, "/handovers")}`, as: "staff" },
  { name: "city-obligations", path: "/ville/suivis", as: "staff" },
  { name: "city-summary", path: "/ville/bilan", as: "staff" },
  { name: "city-hand-over", path: async ({ api }) => `/ville/remises/${await first(api, "/handovers?status=scheduled")}/remise`, as: "staff" },
  { name: "city-incidents", path: "/signalements", as: "staff" },
  { name: "association-lot", path: async ({ api }) => `/lots/${await first(api, "/handovers?status=completed")}`, as: "staff" },
  { name: "association-report", path: async ({ api }) => `/lots/${await first(api, "/handovers?status=completed")}/signaler`, as: "staff" },
  { name: "city-handovers", path: "/ville/remises?status=completed", as: "staff" },
  { name: "city-wave-done", path: async ({ api }) => `/ville/vagues/${await first(api, "/waves?status=completed")}`, as: "staff" },
  { name: "city-wave-line", path: line, as: "staff" },
  { name: "city-approval", path: async ({ api }) => `/ville/approbations/${await first(api, "/waves?status=completed")}`, as: "staff" },
  { name: "city-donations", path: "/dons", as: "staff" },
  { name: "city-donation", path: async ({ api }) => `/ville/dons/${await first(api, "/batches")}`, as: "staff" },
  { name: "city-trucks", path: async ({ api }) => `/dons/${await first(api, "/batches")}/camions`, as: "staff" },
  { name: "city-reception", path: async ({ api }) => `/atelier/lots/${await first(api, "/batches")}`, as: "staff" },
  { name: "city-workshop", path: "/atelier", as: "staff" },
  { name: "picking", path: async ({ api }) => `/vagues/${await first(api, "/waves?status=completed")}/preparation`, as: "staff" },
  { name: "city-desk", path: "/ville", as: "admin" },
  { name: "city-applications", path: "/ville/demandes", as: "admin" },
  { name: "city-application", path: async ({ api }) => `/ville/demandes/${await first(api, "/applications")}`, as: "admin" },
  { name: "city-organisations", path: "/ville/organisations", as: "admin" },
  { name: "city-organisation", path: async ({ api }) => `/ville/organisations/${await first(api, "/organisations?kind=association")}`, as: "admin" },
  { name: "city-organisation-new", path: "/ville/organisations/nouvelle", as: "admin" },
  { name: "city-registrations", path: "/ville/inscriptions", as: "admin" },
  { name: "city-absences", path: "/ville/absences", as: "admin" },
  { name: "city-application-messages", path: async ({ api }) => `/ville/demandes/${await first(api, "/applications")}/messages`, as: "admin" },
  { name: "city-appeals", path: "/ville/recours", as: "admin" },
  { name: "city-messages", path: "/ville/messages", as: "admin" },
  { name: "city-person-new", path: "/ville/personnes/nouvelle", as: "admin" },
  { name: "city-person", path: async ({ api }) => `/ville/personnes/${await first(api, "/users")}`, as: "admin" },
  { name: "city-programme-new", path: "/ville/programmes/nouveau", as: "admin" },
  { name: "city-rubric", path: async ({ api }) => `/ville/programmes/${await first(api, "/programmes")}/grille`, as: "admin" },
  { name: "city-people", path: "/ville/personnes", as: "admin" },
  { name: "city-programmes", path: "/ville/programmes", as: "admin" },
  { name: "city-programme", path: async ({ api }) => `/ville/programmes/${await first(api, "/programmes")}`, as: "admin" },
  { name: "city-log", path: "/ville/journal", as: "admin" },
  { name: "account-keys", path: "/compte/cles", as: "admin" },
  { name: "account-key-new", path: "/compte/cles/nouvelle", as: "admin" },
  { name: "city-search", path: "/ville/recherche?q=13", as: "admin" },

  { name: "account", path: "/compte", as: "association" },
  { name: "account-password", path: "/compte/mot-de-passe", as: "association" },
  { name: "account-email", path: "/compte/adresse", as: "association" },
  { name: "account-second-factor", path: "/compte/deuxieme-facteur", as: "association" },
  { name: "account-sessions", path: "/compte/sessions", as: "association" },
  { name: "account-colleagues", path: "/compte/collegues", as: "association" },
  { name: "account-colleague-new", path: "/compte/collegues/inviter", as: "association" },
  { name: "account-webhooks", path: "/compte/webhooks", as: "association" },
  { name: "account-webhook-new", path: "/compte/webhooks/nouveau", as: "association" },
  { name: "account-calendar", path: "/compte/agenda", as: "association" },
  { name: "account-organisation", path: "/compte/organisation", as: "association" },
  { name: "account-views", path: "/compte/vues?adresse=/ville/demandes?status=in_review", as: "staff" },
  { name: "account-messages", path: "/compte/messages", as: "association" },
  { name: "account-data", path: "/compte/donnees", as: "association" },

  { name: "association-application", path: own("/applications", "/demandes"), as: "association" },
  { name: "association-points", path: own("/applications", "/demandes", "/points"), as: "association" },
  { name: "association-documents", path: own("/applications", "/demandes", "/pieces"), as: "association" },
  { name: "association-project", path: own("/applications", "/demandes", "/projet"), as: "association" },
  { name: "association-appeal", path: own("/applications", "/demandes", "/recours"), as: "association" },
  { name: "association-lot", path: own("/handovers", "/lots"), as: "association" },

  { name: "association-messages", path: own("/applications", "/demandes", "/messages"), as: "association" },
  { name: "association-withdraw", path: own("/applications", "/demandes", "/retrait"), as: "association" },
  { name: "association-explanation", path: async ({ api }) => `${await own("/applications", "/demandes")({ api })}/explication/${await first(api, "/waves?status=completed")}`, as: "association" },
  { name: "association-request", path: own("/applications", "/demandes", "/materiel"), as: "association" },
  { name: "association-public", path: own("/applications", "/demandes", "/public"), as: "association" },
  { name: "association-commitments", path: own("/applications", "/demandes", "/engagements"), as: "association" },
  { name: "association-check", path: own("/applications", "/demandes", "/verifier"), as: "association" },
  { name: "association-follow-up", path: own("/obligations", "/suivis"), as: "association" },
  { name: "association-go", path: "/aller/lots/R-2026-99999", as: "association" },
  { name: "account-leave", path: "/compte/fermer", as: "association" },

  { name: "helper-home", path: "/demandes", as: "helper" },
  { name: "helper-registration", path: "/inscription", as: "helper" },
];

/** A wave that is not planned, made for the picture. */
async function draft(api) {
  const found = await api("GET", "/waves?status=draft", { as: "admin" });
  if (found.items.length) return found.items[0].id;
  const programme = await first(api, "/programmes");
  return (await api("POST", `/programmes/${programme}/waves`, { as: "admin", body: { name: "Vague d’essai", seed: "s" } })).id;
}

/** A line of a wave that was decided. */
async function line({ api }) {
  const wave = await first(api, "/waves?status=completed");
  const { items } = await api("GET", `/waves/${wave}/lines`, { as: "admin" });
  return `/ville/vagues/${wave}/lignes/${items[0].application_id}`;
}

/** Slots of a workshop, once some are offered. */
async function offered({ api }) {
  const from = new Date(Date.now() + 5 * 86_400_000);
  from.setUTCHours(8, 0, 0, 0);
  const to = new Date(from.getTime() + 3 * 3_600_000);
  const body = { place: "Quai 3, sonnez à l’interphone", from, to, minutes: 30, lots: 2 };
  await api("POST", "/handover-slots", { as: "refurbisher", body });
  return "/atelier/creneaux";
}

/** The id of the newest thing of a list. */
const first = async (api, path) => (await api("GET", path, { as: "admin" })).items[0].id;

/** The page of the newest thing of a list that whoever looks at it may see. */
function own(list, page, below = "") {
  return async ({ api }) => {
    const { items } = await api("GET", list, { as: "association" });
    return `${page}/${items[0].id}${below}`;
  };
}
