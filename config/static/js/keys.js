// Keys: `/` searches, `g` and a letter goes to a place of the bar, `?` lists them, figures choose a numbered answer.
// They can be switched off in the list of keys, for who speaks to their machine.

const OFF = "keys-off";
const list = document.getElementById("keys");
const box = list?.querySelector("[data-keys-on]");
let leading = 0;

const off = () => localStorage.getItem(OFF) === "1";
const writing = (at) => at.closest("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]");

/** The numbered choices that a figure would answer: those in focus, else the only ones on the page. */
function choices() {
  const near = document.activeElement?.closest("fieldset, form")?.querySelector(".choices[data-keys]");
  const all = document.querySelectorAll(".choices[data-keys]");
  return near ?? (all.length === 1 ? all[0] : null);
}

function choose(figure) {
  const row = [...(choices()?.querySelectorAll(".choice") ?? [])].find((one) => one.querySelector("kbd")?.textContent.trim() === figure);
  const input = row?.querySelector("input");
  if (!input) return false;
  input.click();
  input.focus();
  return true;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || off() || list?.open || writing(event.target)) return;
  if (event.key === "/") {
    const field = document.getElementById("find");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "?") {
    event.preventDefault();
    list?.showModal();
  } else if (event.key === "g") {
    leading = Date.now();
  } else if (leading && Date.now() - leading < 1500) {
    leading = 0;
    document.querySelector(`.bar a[data-key="${CSS.escape(event.key)}"]`)?.click();
  } else if (/^[0-9]$/.test(event.key) && choose(event.key)) {
    event.preventDefault();
  }
}

document.addEventListener("keydown", pressed);
document.querySelectorAll('[data-open="keys"]').forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => list?.showModal());
});
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
}

// A menu of the bar shuts when one leaves it.
for (const menu of document.querySelectorAll("details.me")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
