// Says how old it is what stands on the page.

import { say, symbol } from "./fill.js";
import { clock, span } from "./format.js";

const at = (id) => document.getElementById(id);

export class Age {
  /** `onChange(reason, connection)` is told why nothing can be set; "" where it can. */
  constructor(onChange = () => {}) {
    this.onChange = onChange;
  }

  /** `connection` is "live", "lost" or "over"; `since` (milliseconds) is when the console spoke last; `stale` for how many seconds Redis is away. */
  show(connection, since, stale) {
    const lost = connection !== "live", old = lost || stale !== null;
    document.body.toggleAttribute("data-old", old);
    const live = at("live");
    live.dataset.state = lost ? "lost" : old ? "old" : "live";
    symbol(live, old ? "off" : "signal");
    say(live.querySelector("span"), lost ? "Not connected" : old ? "Old" : "Live");
    const away = at("away");
    say(away.querySelector("p"), this.said(connection, since, stale));
    away.hidden = !old;
    this.onChange(lost ? "Not connected to the console: nothing can be set from here" : old ? "Redis does not answer: nothing can be set until it is back" : "", connection);
  }

  said(connection, since, stale) {
    if (connection === "over") return "You are signed out here. Sign in again to go on.";
    if (connection === "lost")
      return `No word from the console since ${clock(since, { seconds: true })}. What you see is of then; this page keeps trying. The gateway goes on without it.`;
    if (stale !== null)
      return `Redis does not answer. What you see is the last known state, ${span(stale)} old. Nobody new is let in meanwhile; those inside stay inside.`;
    return "";
  }
}
