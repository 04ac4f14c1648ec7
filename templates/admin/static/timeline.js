// The events of a room on a time line. Pure but for the element that it draws into.

import { number } from "./format.js";

const HEIGHT = 200, TOP = 34, BASE = 150;
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 40320].map((minutes) => minutes * 60000);
const HOUR = 3600000;

function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** From when until when is shown: the next event, with now where it is near, or all that is planned. */
export function range(events, now, zoom) {
  const live = events.filter((event) => event.phase !== "over");
  const chosen = zoom === "all" || !live.length ? (live.length ? live : events) : [live[0]];
  if (!chosen.length) return [now - HOUR, now + 23 * HOUR];
  const starts = chosen.map((event) => event.begins);
  const ends = chosen.map((event) => event.ends ?? Math.max(event.opens + 4 * HOUR, ...event.rates.map((step) => step.at + HOUR)));
  let from = Math.min(...starts), to = Math.max(...ends);
  const near = zoom === "all" || (now > from - Math.max(12 * HOUR, 2 * (to - from)) && now < to + HOUR);
  if (near) { from = Math.min(from, now); to = Math.max(to, now); }
  const margin = Math.max((to - from) * 0.06, HOUR / 4);
  return [from - margin, to + margin];
}

const ms = (text) => (text === null ? null : Date.parse(text));

/** Events as the API tells them, with their moments in milliseconds. */
export function timed(events) {
  return events.map((event) => ({
    ...event, begins: ms(event.begins_at), opens: ms(event.opens_at), ends: ms(event.ends_at),
    rates: event.rates.map((step) => ({ at: ms(step.at), rate: step.rate })),
  }));
}

/** In one sentence, for whoever does not see it. */
export function inWords(events, zone) {
  const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  if (!events.length) return "Time line: no event is planned.";
  return `Time line: ${events.map((event) => `${event.name} opens ${moment.format(event.opens)}${event.ends ? `, until ${moment.format(event.ends)}` : ""}`).join("; ")}.`;
}

export function draw(container, { events: given, says = [], timezone, ownRate, now, zoom }) {
  const events = timed(given);
  const width = Math.max(container.clientWidth, 280);
  const [from, to] = range(events, now, zoom);
  const x = (at) => ((at - from) / (to - from)) * width;
  const most = Math.max(1, ...events.flatMap((event) => (event.rates.length ? event.rates.map((step) => step.rate) : [ownRate])));
  const y = (rate) => BASE - (rate / most) * (BASE - TOP - 26);
  const root = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": inWords(events, timezone) });

  axis(root, { from, to, x, width, timezone });
  for (const event of events) {
    if ((event.ends ?? Infinity) < from || event.begins > to) continue;
    const group = svg("g", event.phase === "over" ? { class: "tl-over" } : {});
    const ends = Math.min(event.ends ?? to, to), opens = Math.max(event.opens, from);
    if (event.begins < event.opens && event.opens > from)
      group.append(svg("rect", { class: "tl-pre", x: x(Math.max(event.begins, from)), y: TOP, width: x(Math.min(event.opens, to)) - x(Math.max(event.begins, from)), height: BASE - TOP }));
    if (ends > opens) {
      group.append(svg("rect", { class: "tl-open", x: x(opens), y: TOP, width: x(ends) - x(opens), height: BASE - TOP }));
      group.append(svg("path", { class: "tl-rate", d: area(event.rates.length ? event.rates : [{ at: event.opens, rate: ownRate }], { from: opens, to: ends, x, y }) }));
    }
    for (const edge of [event.opens, event.ends])
      if (edge !== null && edge >= from && edge <= to) group.append(svg("line", { class: "tl-edge", x1: x(edge), x2: x(edge), y1: TOP - 4, y2: BASE }));
    group.append(svg("text", { class: "tl-name", x: Math.max(x(Math.max(event.begins, from)) + 2, 2), y: TOP - 10 }, event.name));
    const last = event.rates.length ? event.rates[event.rates.length - 1].rate : ownRate;
    const first = event.rates.length ? event.rates[0].rate : ownRate;
    if (ends > opens && x(ends) - x(opens) > 90)
      group.append(svg("text", { class: "tl-text", x: x(opens) + 6, y: TOP + 16 }, first === last ? `${number(first)} a minute` : `${number(first)} → ${number(last)} a minute`));
    root.append(group);
  }
  for (const step of says) {
    const at = Date.parse(step.at);
    if (at < from || at > to) continue;
    const dot = svg("circle", { class: "tl-says", cx: x(at), cy: BASE - 6, r: 4 });
    dot.append(svg("title", {}, step.text));
    root.append(dot);
  }
  if (now >= from && now <= to) {
    root.append(svg("line", { class: "tl-now", x1: x(now), x2: x(now), y1: 6, y2: BASE }));
    const end = x(now) > width - 40;
    root.append(svg("text", { class: "tl-now-text", x: x(now) + (end ? -4 : 4), y: 12, "text-anchor": end ? "end" : "start" }, "now"));
  } else {
    const before = now < from;
    root.append(svg("text", { class: "tl-now-text", x: before ? 2 : width - 2, y: 12, "text-anchor": before ? "start" : "end" }, before ? "← now" : "now →"));
  }
  container.replaceChildren(root);
}

function area(steps, { from, to, x, y }) {
  let path = `M${x(from)} ${BASE}`;
  let rate = steps[0].rate;
  for (const step of steps) if (step.at <= from) rate = step.rate;
  path += `V${y(rate)}`;
  for (const step of steps) if (step.at > from && step.at < to) path += `H${x(step.at)}V${y(step.rate)}`;
  return `${path}H${x(to)}V${BASE}Z`;
}

function axis(root, { from, to, x, width, timezone }) {
  const wanted = Math.max(Math.floor(width / 110), 3);
  const step = STEPS.find((each) => (to - from) / each <= wanted) ?? STEPS[STEPS.length - 1];
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, weekday: "short", day: "numeric", month: "short" });
  // ticks stand at full hours of the room's zone
  const [hour, minute] = parts.format(from).split(":").map(Number);
  const sinceMidnight = (hour * 60 + minute) * 60000;
  root.append(svg("line", { class: "tl-axis", x1: 0, x2: width, y1: BASE, y2: BASE }));
  let shown = "";
  for (let at = from - sinceMidnight - (from % 60000); at <= to; at += step) {
    if (at < from) continue;
    const day = days.format(at);
    root.append(svg("line", { class: "tl-tick", x1: x(at), x2: x(at), y1: BASE, y2: BASE + 5 }));
    const anchor = x(at) > width - 30 ? "end" : x(at) < 30 ? "start" : "middle";
    if (step < 86400000) root.append(svg("text", { class: "tl-text", x: x(at), y: BASE + 18, "text-anchor": anchor }, parts.format(at)));
    if (day !== shown) root.append(svg("text", { class: "tl-text tl-day", x: x(at), y: BASE + (step < 86400000 ? 34 : 18), "text-anchor": anchor }, day));
    shown = day;
  }
}
