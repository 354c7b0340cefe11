// A truck at the dock of the workshop, arranged through the API.

/** A truck whose machines are on a list, at the workshop's dock. `models` are those of the first ones. */
export async function truck(server, serials, models = []) {
  const [admin, donor, workshop] = [await server.person("admin"), await server.person("donor"), await server.person("refurbisher")];
  const api = (as, method, path, body) => server.api(method, path, { as, body });
  const soon = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const batch = await api(donor, "POST", "/batches", {
    title: "Postes fixes",
    declared: [{ kind: "desktop", quantity: serials.length }],
    accessories: [],
    pickup: {
      address: "10 boulevard de Dunkerque", postal_code: "13002", commune: "Marseille",
      contact_name: "Denis Donateur", contact_phone: "0491000000", from: soon(1), to: soon(48),
    },
  });
  const rows = serials.map((serial, n) => `${serial};UC;HP;${models[n] ?? "ProDesk 400"}`).join("\n");
  await server.csv(`/batches/${batch.id}/manifest`, donor, `N° de série;Type;Marque;Modèle\n${rows}\n`);
  await api(donor, "POST", `/batches/${batch.id}/submit`, {});
  await api(admin, "POST", `/batches/${batch.id}/accept`, {});
  await api(admin, "POST", `/batches/${batch.id}/schedule`, { workshop_id: workshop.organisation, from: soon(2), to: soon(3) });
  await api(workshop, "POST", `/batches/${batch.id}/collect`, { collected_at: soon(-1) });
  for (const kind of ["keyboard", "mouse"]) {
    await api(workshop, "POST", `/workshops/${workshop.organisation}/accessories`, { kind, delta: serials.length, reason: "Inventaire" });
  }
  return batch.id;
}
