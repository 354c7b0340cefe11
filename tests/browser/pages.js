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
  { name: "public-wave", path: async ({ api }) => `/vagues/${await first(api, "/waves?status=completed")}` },
  { name: "accessibility", path: "/accessibilite" },
  { name: "legal", path: "/mentions" },
  { name: "nothing-here", path: "/rien-de-tel" },
  { name: "styles", path: "/styles" },

  { name: "account", path: "/compte", as: "association" },
  { name: "account-password", path: "/compte/mot-de-passe", as: "association" },
  { name: "account-email", path: "/compte/adresse", as: "association" },
  { name: "account-second-factor", path: "/compte/deuxieme-facteur", as: "association" },
  { name: "account-sessions", path: "/compte/sessions", as: "association" },
  { name: "account-messages", path: "/compte/messages", as: "association" },
  { name: "account-data", path: "/compte/donnees", as: "association" },

  { name: "association-home", path: "/demandes", as: "association" },
  { name: "association-new", path: "/demandes/nouvelle", as: "association" },
  { name: "association-application", path: own("/applications", "/demandes"), as: "association" },
  { name: "association-points", path: own("/applications", "/demandes", "/points"), as: "association" },
  { name: "association-documents", path: own("/applications", "/demandes", "/pieces"), as: "association" },
  { name: "association-project", path: own("/applications", "/demandes", "/projet"), as: "association" },
  { name: "association-appeal", path: own("/applications", "/demandes", "/recours"), as: "association" },
  { name: "association-lot", path: own("/handovers", "/lots"), as: "association" },

  { name: "helper-home", path: "/demandes", as: "helper" },
  { name: "helper-registration", path: "/inscription", as: "helper" },
];

/** The id of the newest thing of a list. */
const first = async (api, path) => (await api("GET", path, { as: "admin" })).items[0].id;

/** The page of the newest thing of a list that whoever looks at it may see. */
function own(list, page, below = "") {
  return async ({ api }) => {
    const { items } = await api("GET", list, { as: "association" });
    return `${page}/${items[0].id}${below}`;
  };
}
