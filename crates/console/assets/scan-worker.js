// Lets the scan page open without network: it keeps the page without anybody's data, and its files.
const CACHE = "ressac-scan";
const LANGUAGE = new URL(location.href).searchParams.get("lang") === "en" ? "en" : "fr";
const SHELL = `/atelier/scan/hors-ligne?lang=${LANGUAGE}`;

async function keep() {
  const shell = await fetch(SHELL, { credentials: "omit", cache: "no-store" });
  if (!shell.ok) throw new Error(`${SHELL}: ${shell.status}`);
  const html = (await shell.clone().text()).replaceAll("&#x2f;", "/");
  const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1]);
  const cache = await caches.open(CACHE);
  await cache.addAll([...new Set(files)]);
  await cache.put(SHELL, shell);
  const wanted = new Set([SHELL, ...files].map((path) => new URL(path, location.href).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

async function kept(key) {
  return (await (await caches.open(CACHE)).match(key)) ?? Response.error();
}

async function open(event) {
  try {
    const late = new Promise((_, fail) => setTimeout(fail, 6000)); // a network that swallows it
    const response = await Promise.race([fetch(event.request), late]);
    if (response.status < 502) {
      event.waitUntil(keep().catch(() => {}));
      return response;
    }
  } catch {
    // no network
  }
  return kept(SHELL);
}

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/atelier/scan") event.respondWith(open(event));
  if (url.pathname.startsWith("/assets/")) event.respondWith(fetch(request).catch(() => kept(request)));
});
