// The scan station: lines wait in the browser until the server has answered each of them. A line
// keeps who scanned it, and leaves only in that person's session.
const GROUP = 50;
const box = document.querySelector("[data-scan]");
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const part = (name) => box.querySelector(`[data-${name}]`);

function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("ressac-scan", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("lines", { keyPath: "n", autoIncrement: true });
      request.result.createObjectStore("person");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

/** One change of a store; settled once it is on the disk. */
function change(db, store, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** High and short for yes, low and twice for no. The words say the same. */
let audio;
function sound(refused) {
  try {
    audio ??= new AudioContext();
    audio.resume();
    for (const start of refused ? [0, 0.25] : [0]) {
      const tone = audio.createOscillator();
      tone.type = refused ? "square" : "sine";
      tone.frequency.value = refused ? 196 : 988;
      const volume = audio.createGain();
      volume.gain.value = 0.15;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + (refused ? 0.18 : 0.09));
    }
  } catch {
    // no loudspeaker
  }
}

function show(kind, text) {
  const titles = { success: "done", info: "known", danger: "refused", warning: "waiting" };
  document.querySelector("main > .banner")?.remove();
  const verdict = part("verdict");
  verdict.hidden = false;
  verdict.className = `banner scan-verdict kind-${kind}`;
  const [title, words] = verdict.children;
  title.textContent = box.dataset[titles[kind]];
  words.textContent = text;
}

const TRAIL = "ressac-scan-trail";
function trail(entry) {
  let entries = [];
  try {
    entries = JSON.parse(sessionStorage.getItem(TRAIL) ?? "[]");
    if (entry) entries = [entry, ...entries].slice(0, 20);
    sessionStorage.setItem(TRAIL, JSON.stringify(entries));
  } catch {
    if (entry) entries = [entry];
  }
  const own = entries.filter((one) => one.person === me.id);
  part("trail-title").hidden = own.length === 0;
  part("trail").replaceChildren(
    ...own.map((one) => {
      const item = document.createElement("li");
      item.className = `mark kind-${one.kind}`;
      item.textContent = `${one.time} · ${one.text}`;
      return item;
    }),
  );
}

const clock = (time) => new Date(time).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
let me = { id: box?.dataset.person, name: box?.dataset.name };
let trouble = "";

async function status(db) {
  const lines = await change(db, "lines", "readonly", (store) => store.getAll());
  const own = lines.filter((line) => line.person === me.id);
  const waiting = own.length && say(box.dataset.unsent, { n: own.length, time: clock(own[0].at) });
  part("state").textContent = own.length ? `${trouble} ${waiting}`.trim() : box.dataset.sent;
  const others = new Map();
  for (const { person, name } of lines) if (person !== me.id) others.set(name, (others.get(name) ?? 0) + 1);
  part("others").textContent = [...others].map(([name, n]) => say(box.dataset.other, { n, name })).join(" ");
  return own;
}

/** Sends what waits, in order, in groups; what is not answered stays. */
async function send(db) {
  for (;;) {
    const group = (await status(db)).slice(0, GROUP);
    if (!group.length) return;
    const lines = group.map(({ device, step, location, client_id, at }) => ({ device, step, location, client_id, at }));
    let response;
    try {
      response = await fetch("/atelier/scan/lignes", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ person: me.id, lines }),
      });
    } catch {
      trouble = box.dataset.offline;
      return;
    }
    const json = response.ok && response.headers.get("content-type")?.startsWith("application/json");
    trouble = json ? "" : [401, 403].includes(response.status) ? box.dataset.ended : box.dataset.offline;
    if (!json) return;
    const { results } = await response.json();
    for (const [n, line] of group.entries()) {
      const { client_id, kind, text } = results[n] ?? {};
      if (client_id !== line.client_id) return;
      trail({ person: me.id, time: clock(line.at), kind, text });
      await change(db, "lines", "readwrite", (store) => store.delete(line.n));
    }
    // of several answers, a refusal is the one to see
    const refused = results.findLast(({ kind }) => kind === "danger");
    const seen = refused ?? results.at(-1);
    show(seen.kind, seen.text);
    sound(Boolean(refused));
  }
}

/** One tab at a time sends. */
async function flush(db) {
  const work = async (lock) => lock && (await send(db));
  await (navigator.locks ? navigator.locks.request("ressac-scan", { ifAvailable: true }, work) : send(db));
  await status(db);
}

function chosen() {
  const query = new URLSearchParams(location.search);
  return { step: box.dataset.step || query.get("step") || "", location: box.dataset.location || query.get("location") || "" };
}

function named({ step, location }) {
  const radio = step && document.querySelector(`input[type=radio][value="${CSS.escape(step)}"]`);
  const label = radio && document.querySelector(`label[for="${radio.id}"]`);
  if (label) part("step-name").textContent = label.textContent + (step === "moved" && location ? ` · ${location}` : "");
  if (radio) radio.checked = true;
}

async function start() {
  let db;
  try {
    db = await database();
    if (me.id) await change(db, "person", "readwrite", (store) => store.put(me, "last"));
    else me = (await change(db, "person", "readonly", (store) => store.get("last"))) ?? {};
  } catch {
    return; // the browser keeps nothing: each scan goes as a form, and is answered or fails in view
  }
  const step = chosen();
  named(step);
  const form = part("scan-form");
  const field = form.elements.device;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const device = field.value.trim();
    if (!device) return;
    if (!me.id || !step.step) return show("danger", me.id ? box.dataset.nostep : box.dataset.nobody);
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const client_id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const line = { ...step, device, client_id, at: new Date().toISOString(), person: me.id, name: me.name };
    field.value = "";
    field.focus();
    try {
      await change(db, "lines", "readwrite", (store) => store.add(line));
    } catch {
      field.value = device; // the disk is full: it goes as a form
      return HTMLFormElement.prototype.submit.call(form);
    }
    show("warning", say(box.dataset.kept, { code: device }));
    flush(db);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || !field.value.trim()) return;
    event.preventDefault(); // some readers end with Tab
    form.requestSubmit();
  });
  document.querySelector("form[action='/deconnexion']")?.addEventListener(
    "submit",
    async (event) => {
      event.preventDefault();
      const own = await status(db);
      if (own.length && !confirm(say(box.dataset.leave, { n: own.length }))) return;
      await change(db, "person", "readwrite", (store) => store.delete("last"));
      HTMLFormElement.prototype.submit.call(event.target);
    },
  );
  document.addEventListener("keydown", ({ key }) => {
    if (key.length === 1 && document.activeElement === document.body) field.focus(); // a reader at work
  });
  navigator.storage?.persist?.();
  addEventListener("online", () => flush(db));
  setInterval(() => flush(db), 15000);
  trail();
  field.focus();
  flush(db);
  const worker = `/atelier/sw.js?lang=${document.documentElement.lang}`;
  navigator.serviceWorker?.register(worker, { scope: "/atelier/scan" }).catch(() => {});
}

if (box) start();
