// Puts values into the page: `data-v` names one by its path in the state, `data-as` how it is said.

import { as } from "./format.js";

/** The value at a path such as "limit.says"; undefined where there is none. */
export function at(state, path) {
  return path.split(".").reduce((value, name) => value?.[name], state);
}

/** Sets the text of an element, and only where it is another one: what stays is not read out again. */
export function say(element, text) {
  if (element && element.textContent !== text) {
    element.textContent = text;
    if (element.classList?.contains("figure")) element.toggleAttribute("data-long", text.length > 7);
  }
}

/** Fills everything under `root` that names a value. */
export function fill(root, state) {
  for (const element of root.querySelectorAll("[data-v]"))
    say(element, as[element.dataset.as ?? "text"](at(state, element.dataset.v)));
}

/** Shows another symbol in an icon. */
export function symbol(icon, name) {
  const use = icon?.querySelector("use");
  if (use && use.getAttribute("href") !== `#i-${name}`) use.setAttribute("href", `#i-${name}`);
}
