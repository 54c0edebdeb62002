// Long forms keep themselves: `<form data-autosave="URL">` sends what was typed a moment after the last key.
// Text is never lost: what could not be sent stays on the page, is tried again, and leaving asks first.

const PAUSE = 1200;
const QUIET = 60_000; // who listens is told once a minute at most
const TRIES = [2, 4, 8, 15, 30].map((seconds) => seconds * 1000);

function keep(form) {
  const place = document.querySelector(form.dataset.savedAt || "[data-saved]");
  let dirty = false;
  let sending = null;
  let failures = 0;
  let timer = 0;
  let told = 0;

  function say(words, waiting = false, now = false) {
    if (!place) return;
    place.classList.toggle("waiting", waiting);
    place.querySelector("[data-saved-shown]").textContent = words;
    if (now || Date.now() - told > QUIET) {
      told = Date.now();
      place.querySelector("[data-saved-said]").textContent = words;
    }
  }

  function plan(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function body() {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  }

  async function send(keepalive = false) {
    clearTimeout(timer);
    if (!dirty) return;
    if (sending && !keepalive) return plan(PAUSE);
    dirty = false;
    const token = form.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
    sending = fetch(form.dataset.autosave, {
      method: "POST",
      body: body(),
      headers: { "X-CSRFToken": token, "X-Autosave": "1" },
      credentials: "same-origin",
      redirect: "error",
      keepalive,
    });
    try {
      const answer = await sending;
      if (answer.status === 409) {
        // Another tab has written since: its text stays there, ours stays here, and leaving asks first.
        dirty = true;
        failures = 1;
        say(place?.dataset.wordElsewhere ?? "", true, true);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      if (failures) told = 0;
      failures = 0;
      const at = answer.headers.get("X-Saved-At") ?? new Date().toTimeString().slice(0, 5);
      say(`${place?.dataset.wordSaved ?? ""} ${at}`);
    } catch {
      dirty = true;
      say(place?.dataset.wordWaiting ?? "", true, failures === 0);
      plan(TRIES[Math.min(failures++, TRIES.length - 1)]);
    } finally {
      sending = null;
    }
  }

  function typed(event) {
    if (event.target.name === "csrfmiddlewaretoken" || event.target.type === "file") return;
    dirty = true;
    if (!failures) plan(PAUSE);
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    dirty = false;
  });
  window.addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send(true);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && failures) event.preventDefault();
    else if (dirty) send(true);
  });
}

function start(root) {
  root.querySelectorAll("form[data-autosave]:not([data-kept])").forEach((form) => {
    form.dataset.kept = "yes";
    keep(form);
  });
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target.parentElement ?? document));
