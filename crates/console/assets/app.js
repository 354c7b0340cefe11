// What scripts add to pages that work without them. No framework, no build step.

/** The summary of errors takes the focus, so that it is read out and seen first. */
function focusErrors() {
  const summary = document.querySelector("[data-focus]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const group = field.closest("fieldset")?.querySelector("legend");
    const label = group ?? document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    (label ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

/** Says how many characters are left; to screen readers once the writer pauses. */
function count(box) {
  const area = box.querySelector("textarea");
  const shown = box.querySelector("[data-counter]");
  const limit = Number(box.dataset.count);
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  box.append(spoken);
  let pause;
  const say = () => {
    // as the server counts: code points, a line break once
    const left = limit - [...area.value].length;
    const text = (left < 0 ? box.dataset.over : box.dataset.left).replace(
      "{n}",
      Math.abs(left).toLocaleString(document.documentElement.lang),
    );
    shown.textContent = text;
    shown.classList.toggle("over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => {
      if (spoken.textContent !== text && document.activeElement === area) spoken.textContent = text;
    }, 1000);
  };
  area.addEventListener("input", say);
  if (area.value) say();
}

/** A button that shows the password. It hides it again before it is sent, so that no browser keeps it. */
function showPassword(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary";
  button.setAttribute("aria-controls", input.id);
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-label", `${button.textContent} ${box.dataset.what}`);
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}

/** The second click on a button sends nothing. The server would see to it too, but later. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    const again = () => {
      delete form.dataset.sent;
      button?.removeAttribute("aria-disabled");
    };
    setTimeout(again, 8000); // a network that swallowed it
    addEventListener("pageshow", again, { once: true }); // back from the next page
  });
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Hides the rows or items that do not have every typed word; the list stays whole without scripts. */
function filter(input) {
  const list = document.querySelector(input.dataset.filter);
  if (!list) return;
  const items = [...list.querySelectorAll("tbody > tr, :scope > li, :scope > div")].map((item) => [
    item,
    plain(item.textContent),
  ]);
  input.addEventListener("input", () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    for (const [item, text] of items) item.hidden = !words.every((word) => text.includes(word));
  });
}

/** Scans that wait in this browser: said on pages that have a place for it, and before signing out. */
function unsentScans() {
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const { n = 0, own = 0, at } = read("ressac-unsent") ?? {};
  const place = document.querySelector("[data-unsent-scans]");
  if (place && n) {
    const time = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    place.hidden = false;
    place.querySelector("p").textContent = place.dataset.unsentScans.replace("{n}", n).replace("{time}", time);
  }
  const leave = document.querySelector("form[data-leave]");
  leave?.addEventListener("submit", (event) => {
    const waiting = (read("ressac-unsent") ?? { own }).own;
    if (waiting && !confirm(leave.dataset.leave.replace("{n}", waiting))) return event.preventDefault();
    try {
      // nobody scans in their name without network
      localStorage.removeItem("ressac-scan-me");
      localStorage.removeItem("ressac-scan-station");
    } catch {
      // kept nowhere
    }
  });
}

focusErrors();
unsentScans();
document.querySelectorAll("[data-count]").forEach(count);
document.querySelectorAll("[data-password]").forEach(showPassword);
document.querySelectorAll("[data-filter]").forEach(filter);
document.querySelectorAll("form[data-once]").forEach(sendOnce);
const drafts = document.querySelectorAll("form[data-autosave]");
if (drafts.length) import("./autosave.js").then(({ autosave }) => drafts.forEach(autosave));
