// Minutes that run: `<span data-until="2026-05-14T11:10:00+01:00" data-words="left">` counts down; without JavaScript it says until when.

function show(place) {
  const left = Math.floor((new Date(place.dataset.until) - Date.now()) / 1000);
  if (left <= 0) return;
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  place.textContent = `${clock} ${place.dataset.words ?? ""}`;
  setTimeout(() => show(place), 1000);
}

document.querySelectorAll("[data-until]").forEach(show);
