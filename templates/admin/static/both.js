// Moments of a room in the viewer's zone, with the room's beside where that is another. Without it they are in the room's.

import { clock, here, place, sameTime } from "./format.js";

/** Puts the moments under `root` into both zones, each once. */
export function inBothZones(root = document) {
  for (const each of root.querySelectorAll("time[data-both]:not([title])")) {
    const zone = each.dataset.both, ms = Date.parse(each.dateTime);
    each.title = each.textContent;
    const day = (at, of) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: of });
    const mine = clock(ms, { seconds: true });
    const today = day(ms, here) === day(Date.now(), here);
    each.textContent = today ? mine : `${day(ms, here)}, ${mine}`;
    if (sameTime(ms, zone, here)) continue;
    const other = document.createElement("span");
    other.className = "both-other";
    other.textContent = ` (${clock(ms, { zone, seconds: true })} ${place(zone)})`;
    each.append(other);
  }
}

inBothZones();
