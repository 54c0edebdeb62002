// After a part of the page was exchanged: focus goes to the new heading if it would else be lost; toasts leave by themselves.

const STAY = 8000;

function focus(part) {
  const head = part.querySelector?.("[data-focus]") ?? part.querySelector?.("#faults, h1, h2, h3, .who");
  if (!head) return;
  if (!head.matches("a, button, input, select, textarea")) head.tabIndex = -1;
  head.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail?.elt ?? event.target;
  toasts(part);
  const lost = !document.activeElement || document.activeElement === document.body;
  if (lost || part.querySelector?.("[data-focus], #faults")) focus(part);
});

// What could not be had is said where it was asked for, and nothing on the page is thrown away.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

function toasts(root) {
  root.querySelectorAll?.("[data-toast]").forEach((toast) => {
    let timer = setTimeout(() => toast.remove(), STAY);
    const wait = () => clearTimeout(timer);
    const go = () => (timer = setTimeout(() => toast.remove(), STAY / 2));
    toast.addEventListener("pointerenter", wait);
    toast.addEventListener("focusin", wait);
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusout", go);
    const close = toast.querySelector("[data-close]");
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => toast.remove());
    }
  });
}

toasts(document);
