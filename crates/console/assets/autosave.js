// Saves a form while it is filled in. It sends the same fields as the button to `data-autosave`, with
// the header `X-Autosave: 1`; the answer is 204, or 200 with {"version": n, "key": "…"} to send next.
// What could not be saved says so at once, and the page asks before it is left.

const PAUSE = 1500;

export function autosave(form) {
  const note = form.querySelector("[data-saved]");
  let timer;
  let running = false;
  let dirty = false;
  let failed = false;

  const tell = (text) => {
    if (note && note.textContent !== text) note.textContent = text;
  };

  async function save() {
    if (running || !dirty) return;
    running = true;
    dirty = false;
    tell(note?.dataset.saving);
    try {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") fields.append(name, value); // files are sent by the button
      }
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: fields,
        headers: { "X-Autosave": "1", Accept: "application/json" },
        redirect: "error", // to the sign-in page: the session has ended
      });
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status === 200) {
        const next = await answer.json();
        if ("version" in next) set("version", next.version);
        if ("key" in next) set("idempotency_key", next.key);
      }
      failed = false;
      tell(note?.dataset.done);
    } catch {
      failed = true;
      dirty = true;
      tell(note?.dataset.failed);
    } finally {
      running = false;
      if (dirty && !failed) later();
    }
  }

  function set(name, value) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", () => {
    dirty = true;
    later();
  });
  addEventListener("online", () => failed && save());
  document.addEventListener("visibilitychange", () => document.hidden && save());
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
    failed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty || failed) event.preventDefault();
  });
}
