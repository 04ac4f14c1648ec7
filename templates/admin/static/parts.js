// What several tools share: parts of a page that are put in place anew, and fields with what is wrong about them.

import { clock, here, place, sameTime } from "./format.js";
import { localise } from "./moments.js";

/** Puts parts of a page, as the console has rendered them, in place of what stands there. What somebody is at stays. */
export function put(parts) {
  for (const [name, html] of Object.entries(parts)) {
    const part = document.querySelector(`[data-part="${name}"]`);
    if (!part || part.dataset.shown === html) continue;
    const at = part.contains(document.activeElement) ? labelOf(document.activeElement) : null;
    part.innerHTML = html;
    part.dataset.shown = html;
    if (at) [...part.querySelectorAll("button, a")].find((each) => labelOf(each) === at)?.focus();
  }
  inZone();
  localise();
}

const labelOf = (element) => element.getAttribute("aria-label") ?? element.textContent;

/** Fetches parts of a page. Gives the whole answer; null where it could not be reached. */
export async function fetchParts(path) {
  try {
    const answer = await fetch(path, { headers: { accept: "application/json" }, credentials: "same-origin" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Adds the viewer's own time to moments of the room's zone, where that is another. */
export function inZone(root = document) {
  for (const each of root.querySelectorAll("time[data-zoned]:not([data-own])")) {
    each.dataset.own = "";
    const ms = Date.parse(each.dateTime);
    const minutes = -new Date(ms).getTimezoneOffset();
    const sign = /([+-])(\d\d):(\d\d)$/.exec(each.dateTime);
    const rooms = sign ? (sign[1] === "-" ? -1 : 1) * (Number(sign[2]) * 60 + Number(sign[3])) : 0;
    if (minutes !== rooms) each.title = `${clock(ms, { seconds: false })} ${place(here)}`;
  }
}

/** ", 10:00 Riga" where the viewer is elsewhere than the room; else "". */
export function ownTime(ms, zone) {
  return sameTime(ms, zone, here) ? "" : `, ${clock(ms)} ${place(here)}`;
}

/** Shows mistakes by the fields that they are about, `name: what` a line each; the rest stands in `rest`. */
export function mistakes(form, detail, rest, path = "") {
  for (const each of form.querySelectorAll("[data-wrong-of]")) {
    each.textContent = "";
    form.elements[each.dataset.wrongOf]?.removeAttribute?.("aria-invalid");
  }
  const others = [];
  for (const line of detail ? detail.split("\n") : []) {
    const bare = path && line.startsWith(path) ? line.slice(path.length).replace(/^\./, "") : line;
    const [, name, what] = /^([a-z_]+)(?:\.[^:]*)?: (.*)$/s.exec(bare) ?? [];
    const place = name && form.querySelector(`[data-wrong-of="${name}"]`);
    if (!place) others.push(bare.replace(/^: /, ""));
    else {
      place.textContent = what[0].toUpperCase() + what.slice(1);
      form.elements[name]?.setAttribute?.("aria-invalid", "true");
    }
  }
  rest.textContent = others.join("\n");
}

/** Calls `act` once nothing more came for so many milliseconds. */
export function soon(act, ms = 250) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), ms); };
}

/** Buttons that close the dialog they stand in. */
export function closers() {
  for (const button of document.querySelectorAll("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
}

/** An element with a text and attributes. */
export function el(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
