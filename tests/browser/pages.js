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
  { name: "workshop-waste", path: "/atelier/dechets", as: "refurbisher" },
];

/** The id of the newest thing of a list. */
const first = async (api, path) => (await api("GET", path, { as: "admin" })).items[0].id;
