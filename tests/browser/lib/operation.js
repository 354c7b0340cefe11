// What a story needs of the operation around it, done through the API as the people do it whose
// part it is: computers that are ready in a workshop, an application that is decided, an approved wave.

import { randomBytes } from "node:crypto";

/** The programme of the operation of 2023, open today. */
export async function programme(server, over = {}) {
  const body = {
    name: "Marseille 2026",
    rubric: "marseille-2023",
    kinds: ["desktop", "laptop"],
    lot_min: 10,
    lot_max: 30,
    opens_at: "2023-02-01T00:00:00Z",
    territory: "13055",
    ...over,
  };
  return server.api("POST", "/programmes", { as: await server.person("admin"), body });
}

/** Computers from the truck to the shelf: counted, erased, tested, graded, checked by somebody else, ready. */
export async function readyDesktops(server, count) {
  const staff = await server.person("staff");
  const donor = await server.person("donor");
  const refurbisher = await server.person("refurbisher");
  const checker = await server.person("refurbisher", "second");
  const pickup = { from: at({ days: 2, hour: 8 }), to: at({ days: 2, hour: 17 }) };
  const batch = await server.api("POST", "/batches", {
    as: donor,
    body: {
      title: "Postes fixes",
      declared: [{ kind: "desktop", quantity: count }],
      accessories: [],
      pickup: {
        address: "10 boulevard de Dunkerque",
        postal_code: "13002",
        commune: "Marseille",
        contact_name: "Dora Don",
        contact_phone: "04 91 00 00 00",
        ...pickup,
      },
    },
  });
  const step = (name, as, body = {}) => server.api("POST", `/batches/${batch.id}/${name}`, { as, body });
  await step("submit", donor);
  await step("accept", staff);
  await step("schedule", staff, { workshop_id: refurbisher.organisation, ...pickup });
  const mark = randomBytes(3).toString("hex").toUpperCase();
  const counted = await step("receive", refurbisher, {
    devices: Array.from({ length: count }, (_, number) => ({
      serial: `CZC${mark}${number}`,
      kind: "desktop",
      manufacturer: "HP",
      model: "ProDesk 400",
    })),
    accessories: ["keyboard", "mouse"].map((kind) => ({ kind, quantity: count })),
  });
  const devices = counted.devices.map(({ id }) => id);
  const log = async (as, type, detail = () => ({})) => {
    const events = devices.map((device, n) => ({ device, type, client_id: `${mark}-${type}-${n}`, ...detail(n) }));
    const { results } = await server.api("POST", "/device-events", { as, body: { events } });
    const refused = results.filter(({ status }) => status !== "applied");
    if (refused.length) throw new Error(`${type}: ${JSON.stringify(refused[0])}`);
  };
  const drive = (n) => ({ serial: `D${mark}${n}`, media: "nvme", method: "purge", tool: "nvme-cli", tool_version: "2.4", result: "success" });
  await log(refurbisher, "triaged", () => ({ outcome: "keep" }));
  await log(refurbisher, "erased", (n) => ({ drives: [drive(n)] }));
  await log(refurbisher, "tested", () => ({ checks: { boot: "pass", memory: "pass" } }));
  await log(refurbisher, "graded", () => ({ cosmetic: "B" }));
  await log(checker, "quality_checked", () => ({ passed: true }));
  await log(refurbisher, "ready");
  return devices;
}

/** Two people of the city give an application their points, and one finds it eligible. */
export async function findEligible(server, application, points = 4) {
  const [staff, admin] = [await server.person("staff"), await server.person("admin")];
  const body = { points, justification: "Projet solide." };
  for (const as of [staff, admin]) {
    await server.api("PUT", `/applications/${application}/assessments/project`, { as, body });
  }
  return server.api("POST", `/applications/${application}/decide`, { as: staff, body: { outcome: "eligible", reasons: [] } });
}

/** A wave of a programme, planned and submitted by one person, approved by another. */
export async function approvedWave(server, programme, name = "Première vague") {
  const [staff, admin] = [await server.person("staff"), await server.person("admin")];
  const body = { name, supply: { kinds: ["desktop"] }, seed: "marseille-2026-1" };
  const wave = await server.api("POST", `/programmes/${programme}/waves`, { as: staff, body });
  const { digest } = await server.api("POST", `/waves/${wave.id}/propose`, { as: staff, body: {} });
  await server.api("POST", `/waves/${wave.id}/submit`, { as: staff, body: { digest } });
  await server.api("POST", `/waves/${wave.id}/approve`, { as: admin, body: { digest } });
  return wave.id;
}

/** A moment, so many days from today. */
export function at({ days, hour }) {
  const moment = new Date(Date.now() + days * 86_400_000);
  moment.setUTCHours(hour, 0, 0, 0);
  return moment.toISOString().replace(".000Z", "Z");
}
