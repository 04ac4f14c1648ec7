// The time of day where the viewer is, with the room's beside it where that is another.

import { clock, here, place, sameTime } from "./format.js";
import { say } from "./fill.js";

/** Keeps a clock in `element`, by the console's time; `zone` is the room's. Gives a function that takes the console's time. */
export function keepClock(element, zone) {
  let offset = 0;
  function show() {
    const now = Date.now() + offset;
    let text = `${clock(now, { seconds: true })} ${place(here)}`;
    if (zone && !sameTime(now, zone, here)) text += ` · ${clock(now, { zone })} ${place(zone)}`;
    say(element, text);
  }
  setInterval(show, 1000);
  show();
  return (consoleMs) => { offset = consoleMs - Date.now(); };
}
