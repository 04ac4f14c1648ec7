// Settings and changes in words.

import { number, sentence, span } from "./format.js";

const DURATIONS = new Set(["session", "keep", "presence", "burst", "entry"]);

/** The value of a setting: 300, no cap, "10 min". */
export function value(name, given) {
  if (given === null || given === undefined || given === "") return name === "capacity" ? "no cap" : "none";
  if (name === "capacity" && given === 0) return "no cap";
  if (typeof given === "number") return DURATIONS.has(name) ? span(given) : number(given);
  return name === "mode" && given === "pause" ? "paused" : String(given);
}

/** A setting by its name: "weight of members", "challenge: most bits". */
function named(name) {
  return name.replace(/^weight\./, "weight of ").replace(".", ": ").replaceAll("_", " ");
}

/** One setting with its value: "rate 300". */
export function setting(name, given) {
  return name === "capacity" && !given ? "no cap" : `${named(name)} ${value(name, given)}`;
}

/** Several: "rate 300, mode auto". */
export function settings(wanted) {
  return Object.entries(wanted).map(([name, given]) => setting(name, given)).join(", ");
}

const SOLD_OUT = { no: "no longer sold out", yes: "sold out", returns: "sold out, the line goes on for returns" };
const FIRST = ["rate", "capacity", "mode"];

/** What became of settings, `{rate: {before, after}}`: "rate 300 → 400". */
export function changes(changed) {
  const entries = Object.entries(changed);
  // the first settings of all: those of the file
  if (entries.length > FIRST.length && entries.every(([, { before }]) => before === null))
    return `begins with ${FIRST.filter((name) => name in changed).map((name) => setting(name, changed[name].after)).join(", ")}`;
  return entries.map(([name, { before, after }]) => {
    if (name === "message") return after ? `message “${after}”` : "message taken away";
    if (name === "mode" && after === "pause") return "paused";
    if (name === "mode" && before === "pause") return `resumed: mode ${after}`;
    if (name === "sold_out" && before !== null) return SOLD_OUT[after];
    return before === null ? setting(name, after) : `${named(name)} ${value(name, before)} → ${value(name, after)}`;
  }).join(", ");
}

/** Somebody as the record names them: a token's label, or a name. */
export function who(name) {
  return name || "somebody";
}

/** The last change as a sentence: "Rate 300 → 400, by anna: more stock". */
export function lastChange({ changed, who: by, why }) {
  return sentence(`${changes(changed)}, by ${who(by)}${why ? `: ${why}` : ""}`);
}
