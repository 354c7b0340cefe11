// The scan station: lines wait in the browser until the server has answered each of them. A line
// keeps who scanned it, and leaves only in that person's session; what was refused stays until seen.
const GROUP = 50;
const box = document.querySelector("[data-scan]");
const words = box?.dataset;
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const part = (name) => box.querySelector(`[data-${name}]`);
const clock = (time) => new Date(time).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });

let db; // none where the browser keeps nothing
const spare = new Map(); // what the disk did not take
let trouble = "";
let me = { id: words?.person, name: words?.name };

/** What outlives the page, if the browser keeps anything. */
const notes = (storage, name, value) => {
  try {
    if (value === undefined) return JSON.parse(window[storage].getItem(name));
    window[storage].setItem(name, JSON.stringify(value));
  } catch {
    return null;
  }
};

function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("ressac-scan", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("lines", { keyPath: "n", autoIncrement: true });
      request.result.createObjectStore("person"); // of earlier versions
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

/** One change of the lines; settled once it is on the disk. */
function change(mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction("lines", mode, { durability: "strict" });
    const request = act(transaction.objectStore("lines"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

const all = async () => [...(db ? await change("readonly", (lines) => lines.getAll()) : []), ...spare.values()];

async function put(line) {
  try {
    if (spare.has(line.n)) throw new Error("not on the disk");
    await change("readwrite", (lines) => lines.put(line));
  } catch {
    line.n ??= crypto.randomUUID?.() ?? String(Math.random());
    spare.set(line.n, line);
  }
}

const drop = async (n) => spare.delete(n) || change("readwrite", (lines) => lines.delete(n));

/** High and short for yes, low and twice for no, one long tone for a doubt. The words say the same. */
let audio;
function sound(kind) {
  try {
    audio ??= new AudioContext();
    audio.resume();
    const [starts, type, pitch, length] = {
      danger: [[0, 0.25], "square", 196, 0.18],
      warning: [[0], "triangle", 440, 0.4],
    }[kind] ?? [[0], "sine", 988, 0.09];
    for (const start of starts) {
      const tone = audio.createOscillator();
      tone.type = type;
      tone.frequency.value = pitch;
      const volume = audio.createGain();
      volume.gain.value = 0.15;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + length);
    }
  } catch {
    // no loudspeaker
  }
}

const TITLES = { success: "done", info: "known", danger: "refused", active: "waiting", warning: "careful" };
function show({ kind, text }) {
  document.querySelector("main > .banner")?.remove();
  const verdict = part("verdict");
  verdict.hidden = false;
  verdict.className = `banner scan-verdict kind-${kind}`;
  const [title, body] = verdict.children;
  title.textContent = words[TITLES[kind]];
  body.textContent = text;
}

let entries = notes("sessionStorage", "ressac-scan-trail") ?? [];
function trail(more = []) {
  entries = [...more.toReversed(), ...entries].slice(0, 20);
  notes("sessionStorage", "ressac-scan-trail", entries);
  const own = entries.filter((one) => one.person === me.id);
  part("trail-title").hidden = own.length === 0;
  part("trail").replaceChildren(
    ...own.map(({ kind, time, text, device }) => {
      const item = document.createElement("li");
      item.className = `mark kind-${kind}`;
      item.textContent = `${time} · ${text}`;
      if (device) {
        const link = document.createElement("a");
        link.href = `/atelier/appareils/${device}`;
        link.textContent = words.correct;
        item.append(" · ", link);
      }
      return item;
    }),
  );
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-secondary";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** A line that was refused, with what can be done about it. */
function refusal(line) {
  const item = document.createElement("li");
  item.className = "mark kind-danger";
  item.append(`${clock(line.at)} · ${line.device} · ${line.verdict.text}`);
  const buttons = document.createElement("div");
  buttons.className = "cluster";
  const offer = (text, instead) => {
    const act = async () => {
      await drop(line.n);
      if (instead) await take({ ...line, ...instead });
      await status();
      part("scan-form").elements.device.focus();
    };
    buttons.append(button(text, act));
  };
  for (const tag of line.verdict.near ?? []) offer(say(words.instead, { tag }), { device: tag });
  offer(words.again, {});
  offer(words.seen);
  item.append(buttons);
  return item;
}

let shown = "";
async function status() {
  const lines = await all();
  const unsent = lines.filter((line) => !line.verdict);
  const own = unsent.filter((line) => line.person === me.id);
  notes("localStorage", "ressac-unsent", { n: unsent.length, own: own.length, at: unsent[0]?.at });
  const waiting = own.length && say(words.unsent, { n: own.length, time: clock(own[0].at) });
  const state = own.length ? `${trouble} ${waiting}` : words.sent;
  part("state").textContent = (db && !spare.size ? state : `${words.volatile} ${state}`).trim();
  part("sign-in").hidden = trouble !== words.ended;
  const others = new Map();
  for (const { person, name } of unsent) if (person !== me.id) others.set(name, (others.get(name) ?? 0) + 1);
  part("others").textContent = [...others].map(([name, n]) => say(words.other, { n, name })).join(" ");
  const refused = lines.filter((line) => line.verdict && line.person === me.id);
  const key = refused.map(({ n }) => n).join();
  if (key !== shown) {
    shown = key;
    part("refusals").hidden = refused.length === 0;
    part("refused-lines").replaceChildren(...refused.map(refusal));
  }
  return own;
}

const channel = "BroadcastChannel" in window ? new BroadcastChannel("ressac-scan") : null;
function tell({ more, seen }) {
  trail(more);
  show(seen);
}

/** Sends what waits, in order, in groups; what is not answered stays. */
async function send() {
  for (;;) {
    const group = (await status()).slice(0, GROUP);
    if (!group.length) return;
    const lines = group.map(({ n, person, name, ...line }) => line);
    let results;
    try {
      const response = await fetch("/atelier/scan/lignes", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ person: me.id, lines }),
        signal: AbortSignal.timeout(30000),
      });
      const known = { 401: words.ended, 403: words.elsewhere };
      const isAnswer = response.ok && response.headers.get("content-type")?.startsWith("application/json");
      trouble = isAnswer ? "" : (known[response.status] ?? say(words.server, { code: response.status }));
      if (!isAnswer) return;
      ({ results } = await response.json());
    } catch {
      trouble = words.offline;
      return;
    }
    const more = [];
    for (const [n, line] of group.entries()) {
      const { client_id, kind, text, near, device } = results[n] ?? {};
      if (client_id !== line.client_id) return;
      if (kind === "danger") await put({ ...line, verdict: { text, near } });
      else await drop(line.n);
      more.push({ person: me.id, time: clock(line.at), kind, text, device });
    }
    // of several answers, a refusal is the one to see
    const of = (kind) => more.findLast((one) => one.kind === kind);
    const seen = of("danger") ?? of("warning") ?? more.at(-1);
    tell({ more, seen });
    channel?.postMessage({ more, seen });
    sound(seen.kind);
  }
}

/** One tab at a time sends; of this one, one waits for its turn. */
let queued = false;
async function flush() {
  if (queued || !me.id) return;
  queued = true;
  const work = () => {
    queued = false;
    return send();
  };
  await (navigator.locks ? navigator.locks.request("ressac-scan", work) : work());
  await status();
}

async function take({ step, location, tool, media, device, drive, fails, absent }) {
  part("state").textContent = "…"; // not everything is sent from now on
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const client_id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const what = { step, location, tool, media, device, drive, fails, absent };
  await put({ ...what, client_id, at: new Date().toISOString(), person: me.id, name: me.name });
  show({ kind: "active", text: say(words.kept, { code: device }) });
  flush();
}

/** What was chosen: the page says it, or without network its address. */
function chosen() {
  const query = new URLSearchParams(location.search);
  const get = (name) => words[name] || query.get(name) || "";
  const below = !words.step && query.get(query.get("step"));
  const step = below ? `${query.get("step")}.${below}` : get("step");
  return { step, location: get("location"), tool: get("tool"), media: get("media") };
}

/** Says without network what was chosen, and shows the fields that go with it. */
function shape({ step, location, tool }) {
  const [group, choice] = step.split(".");
  const label = (name, value) => {
    const named = `input[type="radio"][name="${name}"]`; // a form carries the step hidden, too
    const radio = value && document.querySelector(`${named}[value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
    return radio ? document.querySelector(`label[for="${radio.id}"]`).textContent : "";
  };
  const names = [label("step", group), label(group, choice), group === "moved" && location, group === "erased" && tool];
  if (!words.step) part("step-name").textContent = names.filter(Boolean).join(" · ") || "–";
  const drive = part("drive");
  if (drive) drive.hidden = drive.querySelector("input").disabled = group !== "erased" || choice === "none";
  for (const template of box.querySelectorAll("[data-kind]")) {
    template.hidden = group !== "tested" || template.dataset.kind !== choice;
    for (const check of template.querySelectorAll("input")) check.disabled = template.hidden;
  }
}

/** The camera as a second choice, where the browser itself reads codes. */
function camera(scanned) {
  if (!("BarcodeDetector" in window && navigator.mediaDevices)) return;
  const [switched, video] = [part("camera"), part("video")];
  let stream;
  let last = "";
  let since = 0;
  switched.hidden = false;
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    video.hidden = true;
    switched.textContent = words.cameraOn;
  };
  switched.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      switched.textContent = words.cameraOff;
      await video.play();
    } catch {
      stop();
      return show({ kind: "danger", text: words.nocamera });
    }
    const detector = new BarcodeDetector();
    const look = async () => {
      if (!stream) return;
      const codes = await detector.detect(video).catch(() => []);
      const code = codes[0]?.rawValue.trim() ?? "";
      // the same label in the picture is one scan
      if (code && (code !== last || Date.now() - since > 3000)) scanned(code);
      if (code) [last, since] = [code, Date.now()];
      setTimeout(look, 150);
    };
    look();
  });
}

/** Who shares the station goes on by a tap, without network too: the lines leave in their own session. */
const SHIFT = 12 * 3600000;
function colleagues() {
  const place = part("colleagues");
  if (me.id) {
    const people = Array.from(place.children, (one) => ({ id: one.dataset.id, name: one.textContent }));
    notes("localStorage", "ressac-scan-me", me);
    return notes("localStorage", "ressac-scan-station", { people: [me, ...people], at: Date.now() });
  }
  me = notes("localStorage", "ressac-scan-me") ?? {};
  const { people = [], at = 0 } = notes("localStorage", "ressac-scan-station") ?? {};
  const offer = () => {
    const others = people.filter(({ id }) => id !== me.id && Date.now() - at < SHIFT);
    place.replaceChildren(
      ...others.map((person) =>
        button(say(words.goesOn, person), () => {
          me = person;
          notes("localStorage", "ressac-scan-me", me);
          show({ kind: "info", text: say(words.hands, me) });
          offer();
          trail();
          status();
        }),
      ),
    );
  };
  offer();
}

async function start() {
  // who scans at once is heard while the store still opens
  const opened = database().then((store) => (db = store), () => null);
  colleagues();
  const step = chosen();
  shape(step);
  const form = part("scan-form");
  const { device: field, drive } = form.elements;
  const clear = () => {
    for (const input of [field, drive]) if (input) input.value = "";
    for (const check of form.querySelectorAll(":checked")) check.checked = false;
    field.focus();
  };
  form.addEventListener("submit", (event) => {
    const device = field.value.trim();
    if (device.startsWith(words.badge)) return; // somebody else goes on: the server says whether they may
    event.preventDefault();
    if (!device) return field.focus();
    if (drive && !drive.disabled && !drive.value.trim()) return drive.focus();
    if (!me.id || !step.step) return show({ kind: "danger", text: me.id ? words.nostep : words.nobody });
    const typed = new FormData(form);
    const line = {
      ...step,
      device,
      drive: drive && !drive.disabled ? drive.value.trim() : "",
      fails: typed.getAll("fails"),
      absent: typed.getAll("absent"),
    };
    opened.then(() => take(line));
    clear();
  });
  for (const input of [field, drive]) {
    input?.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" || event.shiftKey || !input.value.trim()) return;
      event.preventDefault(); // some readers end with Tab
      form.requestSubmit();
    });
  }
  camera((code) => {
    const next = field.value.trim() && drive && !drive.disabled ? drive : field;
    next.value = code;
    form.requestSubmit();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key.length === 1 && document.activeElement === document.body) field.focus(); // a reader at work
  });
  part("sign-in").querySelector("a").href = `/connexion?next=${encodeURIComponent(location.pathname + location.search)}`;
  addEventListener("beforeunload", (event) => spare.size && event.preventDefault());
  if (channel) {
    channel.onmessage = ({ data }) => {
      tell(data);
      status();
    };
  }
  navigator.storage?.persist?.();
  addEventListener("online", flush);
  setInterval(flush, 15000);
  trail();
  field.focus();
  await opened;
  await status();
  flush();
  const worker = `/atelier/sw.js?lang=${document.documentElement.lang}`;
  navigator.serviceWorker?.register(worker, { scope: "/atelier/scan" }).catch(() => {});
}

if (box) start();
