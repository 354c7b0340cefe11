// Handing a lot over: what is scanned ticks its box, and a signature is drawn. Without this script
// boxes are ticked by hand, the server reads what is in the field, and a name is typed.

const squash = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

function scans(lot) {
  const field = lot.querySelector("textarea");
  const said = lot.querySelector("[data-said]");
  const boxes = [...lot.querySelectorAll("input[type=checkbox]")];
  const names = boxes.map((box) => {
    const words = box.labels[0].textContent.split(" – ");
    return new Set([box.value, ...words].map(squash));
  });
  const say = (text, tag) => {
    const n = boxes.filter((box) => box.checked).length;
    said.textContent = text.replace("{tag}", tag).replace("{n}", n).replace("{all}", boxes.length);
  };
  const take = (line) => {
    // a label may hold a whole address, whose last part is the tag
    const at = names.findIndex((set) => set.has(squash(line)) || set.has(squash(line.split("/").pop())));
    if (at < 0) return say(lot.dataset.stranger, line);
    boxes[at].checked = true;
    say(lot.dataset.ticked, boxes[at].value);
  };
  // a scanner ends what it read with a line break; a tab would leave the field
  const read = () => {
    const lines = field.value.split(/[\n\t]/).map((line) => line.trim());
    const rest = lines.pop();
    lines.filter(Boolean).forEach(take);
    field.value = rest;
  };
  field.addEventListener("input", () => /[\n\t]/.test(field.value) && read());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || !field.value.trim()) return;
    event.preventDefault();
    field.value += "\n";
    read();
  });
}

function pad(box) {
  const kept = box.querySelector("input[name=drawn]");
  const canvas = document.createElement("canvas");
  canvas.className = "pad";
  canvas.width = 600;
  canvas.height = 200;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", box.querySelector("p").textContent);
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button button-secondary";
  clear.textContent = box.dataset.clear;
  const note = document.createElement("p");
  note.className = "small";
  note.textContent = kept.value ? box.dataset.kept : "";
  box.append(canvas, note, clear);
  const pen = canvas.getContext("2d");
  const wipe = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  wipe();
  pen.lineWidth = 3;
  pen.lineCap = "round";
  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((event.clientX - left) * canvas.width) / width, ((event.clientY - top) * canvas.height) / height];
  };
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  const end = () => {
    if (!drawing) return;
    drawing = false;
    kept.value = canvas.toDataURL("image/png");
    note.textContent = "";
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  clear.addEventListener("click", () => {
    wipe();
    kept.value = "";
    note.textContent = "";
  });
}

document.querySelectorAll("[data-lot]").forEach(scans);
document.querySelectorAll("[data-pad]").forEach(pad);
