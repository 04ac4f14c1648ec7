// A step of the schedule in a few words.

import { number } from "./format.js";

/** What a step does: "spring opens, rate 100". */
export function planned({ kind, event, changes }) {
  const does = { begin: `the line of ${event} begins`, open: `${event} opens` }[kind];
  const sets = Object.entries(changes).map(([name, value]) => `${name} ${name === "rate" ? number(Number(value)) : value}`);
  return [does, ...sets].filter(Boolean).join(", ");
}
