// The effect of settings follows as one changes them: the same page is asked for, and the part of
// it that says the effect takes the place of the one before. The form itself stays as it is.

const form = document.querySelector("form[data-workbench]");
const said = document.getElementById("effect-said");
let asked;
let pause;

async function refresh() {
  asked?.abort();
  asked = new AbortController();
  const effect = document.getElementById("effect");
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  effect.setAttribute("aria-busy", "true");
  said.textContent = effect.dataset.busy;
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("effect");
    if (!fresh) throw new Error(String(answer.status));
    effect.replaceWith(fresh);
    history.replaceState(null, "", address);
    said.textContent = page.querySelector(".error-summary")?.textContent.replace(/\s+/g, " ").trim() ?? fresh.dataset.done;
  } catch (cause) {
    if (cause.name === "AbortError") return;
    effect.removeAttribute("aria-busy");
    said.textContent = effect.dataset.failed;
  }
}

form?.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(refresh, 250);
});
