// The pages that scripts/screenshots takes a picture of, and that every role's crawl begins with.
// `as` is the role of whoever looks at it (nobody when left out). `path` may be a function of
// `{ api }` that finds the address of a thing of the demo: `api(method, path, { as: role, body })`.

export const PAGES = [
  { name: "home", path: "/" },
  { name: "sign-in", path: "/connexion" },
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
];

/** The id of the newest thing of a list. */
const first = async (api, path) => (await api("GET", path, { as: "admin" })).items[0].id;
