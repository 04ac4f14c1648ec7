// All rooms at a glance, filled in once a second; those first that somebody should look at.

import { onKey } from "./console.js";
import { Age } from "./age.js";
import { ask } from "./api.js";
import { keepClock } from "./clock.js";
import { say, symbol } from "./fill.js";
import { moment, number, span } from "./format.js";
import { follow } from "./stream.js";

const SPARK = 75, SPARK_MS = 12000;
const at = (id) => document.getElementById(id);
const looks = JSON.parse(at("looks").textContent);
const body = document.querySelector("#rooms tbody");
const rows = new Map([...body.rows].map((row) => [row.dataset.room, row]));
const known = new Map();
const sparks = new Map();

const age = new Age();
const setClock = keepClock(at("clock"));

function part(row, name) {
  return row.querySelector(`[data-f="${name}"]`);
}

function show(room, ms) {
  const row = rows.get(room.room);
  if (!row) return;
  const { health } = room, mode = looks.modes[room.mode], badge = part(row, "mode");
  row.dataset.tone = health.tone;
  symbol(part(row, "health"), looks.tones[health.tone]);
  say(part(row, "health").querySelector("span"), health.says);
  badge.dataset.tone = mode.tone;
  symbol(badge, mode.icon);
  say(badge.querySelector("span"), mode.label);
  say(part(row, "limit"), looks.limits[room.limit].label);
  say(part(row, "waiting"), number(room.waiting));
  say(part(row, "inside"), number(room.inside));
  say(part(row, "places"), room.places ? ` / ${number(room.places)}` : "");
  say(part(row, "flow"), number(room.flow === null ? null : Math.round(room.flow)));
  say(part(row, "target"), room.mode === "pass" ? "" : ` / ${number(room.target)}`);
  say(part(row, "wait"), span(room.wait));
  next(row, room.next, ms);
  spark(row, room, ms);
}

function next(row, step, ms) {
  const cell = part(row, "next");
  cell.toggleAttribute("data-known", Boolean(step));
  if (!step) {
    say(cell, "–");
    return;
  }
  const due = Date.parse(step.at);
  say(cell, `in ${span((due - ms) / 1000)}: ${step.text}`);
  cell.title = `${moment(due)}: ${step.text}`;
}

/** The line over the last quarter of an hour. */
function spark(row, { room, waiting }, ms) {
  const course = sparks.get(room) ?? [];
  sparks.set(room, course);
  const slot = Math.floor(ms / SPARK_MS);
  if (course.at(-1)?.slot === slot) course.at(-1).value = waiting;
  else course.push({ slot, value: waiting });
  while (course.length && course[0].slot <= slot - SPARK) course.shift();
  const most = Math.max(...course.map(({ value }) => value), 1);
  const points = course.map(({ slot: each, value }) => `${(120 - ((slot - each) / SPARK) * 120).toFixed(1)} ${(26 - (value / most) * 24).toFixed(1)}`);
  const line = points.length > 1 ? `M${points.join("L")}` : "";
  const [area, drawn] = row.querySelectorAll(".spark path");
  drawn.setAttribute("d", line);
  area.setAttribute("d", line && `${line}V27H${points[0].split(" ")[0]}Z`);
}

function order() {
  const sorted = [...known.values()].sort((one, two) => one.health.rank - two.health.rank || two.waiting - one.waiting || one.room.localeCompare(two.room));
  // a row moves only where how it is has changed, not with each number: nobody should miss what they are about to press
  const ranks = sorted.map(({ room, health }) => `${room} ${health.rank}`).sort().join();
  if (ranks === order.last) return;
  order.last = ranks;
  if ([...body.rows].map((row) => row.dataset.room).join() === sorted.map(({ room }) => room).join()) return;
  const focused = document.activeElement;
  body.append(...sorted.map(({ room }) => rows.get(room)).filter(Boolean));
  if (body.contains(focused)) focused.focus({ preventScroll: true });
}

function sum(name) {
  return [...known.values()].reduce((total, room) => total + (room[name] ?? 0), 0);
}

function total() {
  say(at("all-waiting"), number(sum("waiting")));
  say(at("all-inside"), number(sum("inside")));
  say(at("all-flow"), number(Math.round(sum("flow"))));
  say(at("all-trouble"), number([...known.values()].filter(({ health }) => health.rank < 2).length));
}

let stale = null;
follow("/live", {
  message({ at: ms, rooms: news }) {
    setClock(ms);
    for (const room of news) known.set(room.room, room);
    for (const room of known.values()) show(room, ms);
    order();
    total();
    const away = [...known.values()].map((room) => room.stale).filter((seconds) => seconds !== null);
    stale = away.length ? Math.max(...away) : null;
    age.show("live", ms, stale);
  },
  state: (connection, since) => age.show(connection, since, stale),
});

const find = at("find");
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  for (const [room, row] of rows) row.hidden = !room.includes(wanted);
  at("no-rooms").hidden = [...rows.values()].some((row) => !row.hidden);
});
find.addEventListener("keydown", (event) => {
  if (event.key === "Enter") visible()[0]?.querySelector("a").click();
});

function visible() {
  return [...body.rows].filter((row) => !row.hidden);
}

function step(by) {
  const links = visible().map((row) => row.querySelector("a"));
  const now = links.indexOf(document.activeElement);
  links[Math.min(Math.max(now + by, 0), links.length - 1)]?.focus();
}

/** What was before the page was opened. */
async function remember() {
  const { data } = await ask("GET", "/sparks");
  for (const [room, { begin, step_seconds: step, waiting }] of Object.entries(data)) {
    const seen = sparks.get(room) ?? [], first = seen[0]?.slot ?? Infinity;
    const before = waiting.map((value, index) => ({ slot: Math.floor(((begin + index * step) * 1000) / SPARK_MS), value }));
    sparks.set(room, [...before.filter(({ slot, value }) => value !== null && slot < first), ...seen]);
  }
}

remember().catch(() => {}); // the lines grow from now on all the same
onKey("/", () => find.focus());
onKey("j", () => step(1));
onKey("k", () => step(-1));
