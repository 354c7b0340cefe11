// The pages that scripts/screenshots takes a picture of, and that every role's crawl begins with.
// `as` is the role of whoever looks at it (nobody when left out). `path` may be a function of
// `{ api }` that finds the address of a thing of the demo: `api(method, path, { as: role, body })`.

export const PAGES = [
  { name: "home", path: "/" },
  { name: "sign-in", path: "/connexion" },
  { name: "nothing-here", path: "/rien-de-tel" },
  { name: "styles", path: "/styles" },
  { name: "association-home", path: "/demandes", as: "association" },
  { name: "association-new", path: "/demandes/nouvelle", as: "association" },
  { name: "association-application", path: async ({ api }) => `/demandes/${await first(api, "/applications")}`, as: "admin" },
  { name: "city-desk", path: "/ville", as: "admin" },
  { name: "city-applications", path: "/ville/demandes", as: "admin" },
  { name: "city-application", path: async ({ api }) => `/ville/demandes/${await first(api, "/applications")}`, as: "admin" },
  { name: "city-organisations", path: "/ville/organisations", as: "admin" },
  { name: "city-organisation", path: async ({ api }) => `/ville/organisations/${await first(api, "/organisations?kind=association")}`, as: "admin" },
  { name: "city-people", path: "/ville/personnes", as: "admin" },
  { name: "city-programmes", path: "/ville/programmes", as: "admin" },
  { name: "city-programme", path: async ({ api }) => `/ville/programmes/${await first(api, "/programmes")}`, as: "admin" },
  { name: "city-log", path: "/ville/journal", as: "admin" },
  { name: "city-search", path: "/ville/recherche?q=13", as: "admin" },
];

/** The id of the newest thing of a list. */
const first = async (api, path) => (await api("GET", path, { as: "admin" })).items[0].id;
