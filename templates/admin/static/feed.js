// What happened in a room, in words, newest first.

import { ask } from "./api.js";
import { inBoth, moment, sentence } from "./format.js";
import { changes } from "./said.js";

const MOST = 1000; // a second screen is open for days
const ICONS = {
  changed: "auto", planned: "clock", begun: "queue", moved: "clock", drawn: "queue", opened: "play", revealed: "info", reset: "warn", restored: "warn",
  redis_restarted: "warn", clock_astray: "warn", clock_agrees: "check", codes_minted: "plus", revoked: "closed", shared: "warn", began: "info",
};
const TONES = { reset: "warn", restored: "warn", redis_restarted: "warn", clock_astray: "warn", shared: "warn" };

/** What an event says: "Rate 300 → 400", "Paused", "spring opens". */
export function told(event) {
  return sentence(event.type === "changed" ? changes(event.changed) || event.text : event.text);
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

function iconOf({ type, changed }) {
  if (type !== "changed") return ICONS[type] ?? "info";
  if (changed.mode?.after === "pause") return "pause";
  if (changed.mode?.before === "pause") return "play";
  return "message" in changed ? "message" : ICONS.changed;
}

/** By which events are older and newer. */
function order({ id }) {
  const [at, count] = id.split("-").map(Number);
  return at + count / 1e6;
}

/** Whether people or the schedule did it, and not what the gateways measure again and again. */
function isTold({ type, who, changed }) {
  return type !== "changed" || (who && Object.keys(changed).some((name) => !name.startsWith("limit_")));
}

export class Feed {
  constructor(list, { room, timezone }) {
    this.list = list;
    this.zone = timezone;
    this.path = `/api/rooms/${encodeURIComponent(room)}/events`;
    this.events = [];
    this.button = document.getElementById("older");
    this.button.addEventListener("click", () => this.load());
    this.load();
  }

  /** Asks for older ones than there are. */
  async load() {
    const oldest = this.events.at(-1);
    this.button.disabled = true;
    try {
      const before = this.before ?? oldest?.id;
      const { data, next } = await ask("GET", `${this.path}?type=-called,-passed&limit=50${before ? `&before=${before}` : ""}`);
      this.add(data.filter(isTold));
      this.before = next && new URL(next, location.href).searchParams.get("before");
      this.button.hidden = !next;
    } catch {
      this.button.hidden = false; // to be tried again
    } finally {
      this.button.disabled = false;
    }
  }

  /** What happened since a moment, for a chart that goes farther back than the list. */
  async since(ms) {
    const { data } = await ask("GET", `${this.path}?type=changed,opened,begun,reset,planned,restored&after=${ms}&limit=200`);
    return data.filter(isTold);
  }

  /** Takes in some more of them. */
  add(more) {
    const known = new Set(this.events.map(({ id }) => id));
    const fresh = more.filter(({ id }) => !known.has(id));
    if (!fresh.length) return;
    this.events = [...this.events, ...fresh].sort((one, two) => order(two) - order(one));
    for (const event of fresh) {
      const place = this.events.findIndex(({ id }) => id === event.id);
      this.list.insertBefore(this.item(event), this.list.children[place] ?? null);
    }
    while (this.events.length > MOST) {
      this.events.pop();
      this.list.lastChild.remove();
    }
  }

  item(event) {
    const item = document.createElement("li");
    if (TONES[event.type]) item.dataset.tone = TONES[event.type];
    const time = document.createElement("time");
    time.dateTime = event.at;
    time.textContent = moment(Date.parse(event.at));
    time.title = inBoth(Date.parse(event.at), this.zone);
    const what = document.createElement("p");
    what.textContent = told(event);
    item.append(icon(iconOf(event)), time, what);
    const by = [event.who && `by ${event.who}`, event.why].filter(Boolean).join(": ");
    if (by) {
      const why = document.createElement("p");
      why.className = "why";
      why.textContent = sentence(by);
      item.append(why);
    }
    return item;
  }

  /** Marks on a time axis, from a moment on; `older` are events from before the page was opened. */
  marks(from, older = []) {
    return [...new Map([...older, ...this.events].map((event) => [event.id, event])).values()]
      .map((event) => ({ at: Date.parse(event.at), text: `${told(event)}${event.who ? `, by ${event.who}` : ""}` }))
      .filter((mark) => mark.at >= from);
  }
}
