// The desk works without this file; with it, it is kinder.
"use strict";

// A form is sent once, and its button says so.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
}
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// The clerk's batch: choose all, count, ask once more.
const batch = document.querySelector("form[data-batch]");
if (batch) {
  const boxes = () => [...batch.querySelectorAll("input[name=ids]:not(:disabled)")];
  const all = batch.querySelector("[data-all]");
  const count = batch.querySelector("[data-count]");
  const tell = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = chosen ? `(${chosen})` : "";
    return chosen;
  };
  if (all) all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); tell(); });
  batch.addEventListener("change", tell);
  batch.addEventListener("submit", (event) => {
    const chosen = tell();
    if (chosen && !confirm(batch.dataset.confirm.replace("#", chosen))) event.preventDefault();
  }, { capture: true });
  if (location.hash.startsWith("#d-")) {
    const box = document.getElementById(location.hash.slice(1))?.querySelector("input[name=ids]:not(:disabled)");
    if (box) { box.checked = true; box.focus(); }
  }
  tell();
}

// Progress of what the workers are sealing.
const progress = document.getElementById("progress");
async function follow() {
  if (!progress || progress.dataset.moving === "0") return;
  try {
    const answer = await fetch("/clerk", { headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
    if (fresh) {
      // Some now wait for the PIN again: show them, unless somebody is typing.
      if (fresh.dataset.again !== progress.dataset.again && !document.getElementById("pin")?.value) return location.reload();
      progress.replaceChildren(...fresh.childNodes);
      progress.dataset.moving = fresh.dataset.moving;
    }
  } catch { /* the next round tries again */ }
  setTimeout(follow, 2000);
}
setTimeout(follow, 1500);

// Confirming a reading: draw a box over a blank.
let marking = null;
for (const button of document.querySelectorAll("[data-mark]")) {
  button.addEventListener("click", () => {
    marking = marking === button ? null : button;
    for (const other of document.querySelectorAll("[data-mark]")) other.setAttribute("aria-pressed", String(other === marking));
    document.body.classList.toggle("marking", marking !== null);
    if (marking) document.querySelector("[data-page]")?.scrollIntoView({ behavior: "smooth" });
  });
}
for (const sheet of document.querySelectorAll("[data-page]")) {
  const svg = sheet.querySelector("svg");
  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    const view = svg.viewBox.baseVal;
    return { x: (event.clientX - frame.left) / frame.width * view.width, y: (event.clientY - frame.top) / frame.height * view.height };
  };
  let start = null, rect = null;
  svg.addEventListener("pointerdown", (event) => {
    if (!marking) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    start = at(event);
    document.querySelectorAll(`rect[data-box="${marking.dataset.mark}"]`).forEach((old) => old.remove());
    rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.dataset.box = marking.dataset.mark;
    svg.append(rect);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!rect) return;
    const end = at(event);
    rect.setAttribute("x", Math.min(start.x, end.x));
    rect.setAttribute("y", Math.min(start.y, end.y));
    rect.setAttribute("width", Math.abs(end.x - start.x));
    rect.setAttribute("height", Math.abs(end.y - start.y));
  });
  svg.addEventListener("pointerup", (event) => {
    if (!rect) return;
    const end = at(event), height = svg.viewBox.baseVal.height, n = (value) => value.toFixed(2);
    const box = [sheet.dataset.page, n(Math.min(start.x, end.x)), n(height - Math.max(start.y, end.y)),
      n(Math.max(start.x, end.x)), n(height - Math.min(start.y, end.y))];
    document.querySelector(`input[name=box_${rect.dataset.box}]`).value = box.join(",");
    marking.querySelector("[data-missing]")?.remove();
    marking.click();
    start = rect = null;
  });
}
