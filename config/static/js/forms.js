// Forms: what is pressed twice is sent once, and the list of what is wrong is where one starts after sending.

const RELEASE = 10_000; // an answer that is a download never leaves the page

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.submitter?.setAttribute("aria-busy", "true");
  if (event.defaultPrevented) return; // htmx sends it, and says below when it is back
  form.dataset.sent = "yes";
  setTimeout(() => release(form), RELEASE);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

document.getElementById("faults")?.focus();

// A tick that opens more of the form: data-shows="id of the part".
function show(input) {
  const part = document.getElementById(input.dataset.shows);
  if (part) part.hidden = !input.checked;
}
document.querySelectorAll("[data-shows]").forEach((input) => {
  show(input);
  (input.form ?? document).addEventListener("change", () => show(input));
});
