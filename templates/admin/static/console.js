// What every page has: the colours, the keys, and what is said of an action.

import { onKey } from "./keys.js";

export { onKey } from "./keys.js";

/** Says that something was done. `action` adds a button: {label, run}. `tone` is "good" or "bad". */
export function toast(text, { action = null, tone = "good", seconds = 8 } = {}) {
  const shown = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  shown.dataset.tone = tone;
  if (tone === "bad") shown.querySelector("use").setAttribute("href", "#i-bad");
  shown.querySelector("p").textContent = text;
  const button = shown.querySelector("button");
  if (action) {
    button.textContent = action.label;
    button.hidden = false;
    button.addEventListener("click", () => { shown.remove(); action.run(); });
  }
  const region = document.getElementById("toasts");
  while (region.children.length >= 3) region.firstElementChild.remove();
  region.append(shown);
  let left = setTimeout(() => shown.remove(), seconds * 1000);
  // whoever reads it, or is about to press it, has time
  const hold = () => clearTimeout(left);
  const release = () => { hold(); left = setTimeout(() => shown.remove(), 3000); };
  for (const [event, act] of [["pointerenter", hold], ["focusin", hold], ["pointerleave", release], ["focusout", release]])
    shown.addEventListener(event, act);
  return shown;
}

/** Says at the top of the page what went wrong, until it is dismissed or `flash("")` is called. */
export function flash(text) {
  const region = document.getElementById("flash");
  region.querySelector("p").textContent = text;
  region.hidden = !text;
}

document.querySelector("#flash button")?.addEventListener("click", () => flash(""));

for (const opener of document.querySelectorAll("[data-open]"))
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());

for (const closer of document.querySelectorAll("[data-close]"))
  closer.addEventListener("click", () => closer.closest("dialog").close());

document.getElementById("themes")?.addEventListener("change", (event) => {
  const theme = event.target.value;
  // a cookie, so that the next page comes in these colours from the start
  document.cookie = `waitroom_theme=${theme}; path=/; samesite=lax; max-age=${theme ? 31536000 : 0}`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.querySelector("meta[name=color-scheme]").content = theme || "light dark";
  document.dispatchEvent(new Event("themechange"));
});

onKey("?", () => document.getElementById("keys").showModal());
onKey("g", () => { location.href = "/"; });
