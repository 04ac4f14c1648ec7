// The page of one room: what it shows is filled in once a second.

import { onKey, toast } from "./console.js";
import { Age } from "./age.js";
import { Approvals } from "./approvals.js";
import { Brakes } from "./brakes.js";
import { Change } from "./change.js";
import { keepClock } from "./clock.js";
import { Course } from "./course.js";
import { Feed } from "./feed.js";
import { fill, say, symbol } from "./fill.js";
import { clock, inBoth, moment, number, span } from "./format.js";
import { planned } from "./planned.js";
import { lastChange } from "./said.js";
import { Stock } from "./stock.js";
import { follow } from "./stream.js";

const OWN_MS = 3000;
const at = (id) => document.getElementById(id);
const state = JSON.parse(at("state").textContent);
const may = at("state").dataset.may === "yes";
const looks = JSON.parse(at("looks").textContent);

const setClock = keepClock(at("clock"), state.timezone);
const approvals = new Approvals(at("approvals"), state.room, { me: at("state").dataset.me, may, needed: at("state").dataset.two === "yes" });
const feed = new Feed(at("events"), state);
const course = new Course(state.room, feed);
/** What came of something that was done here: shown at once, and not undone by what was on its way before. */
let doneAt = 0;
function onState(told) {
  doneAt = Date.now();
  Object.assign(state, told);
  show(state, Date.parse(told.now));
}
const brakes = new Brakes(state, { may, onState });
const change = new Change(state, {
  may,
  onState,
  onAsked: () => approvals.look(),
  onSet: (what) => toast(`Set: ${what}`, { action: { label: "Undo", run: () => brakes.undo() } }),
});
const stock = new Stock(state, { may, onState });
onKey("r", () => at("rate").focus());
onKey("c", () => at("capacity").focus());
onKey("p", () => brakes.press());
onKey("u", () => brakes.undo());

function bar(id, share) {
  at(id).querySelector(".bar-own").setAttribute("width", String(Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10));
}

function signed(value) {
  const rounded = Math.round(value);
  return rounded > 0 ? `+${number(rounded)}` : rounded < 0 ? `−${number(-rounded)}` : "±0";
}

/** Shows the room as it is. */
function show(now, ms) {
  fill(document, now);
  const { mode, places, limited_by: limited, next_change: next, newcomer_wait: newcomer, last_wait: last } = now;
  const badge = at("mode-badge"), limit = looks.limits[limited.by];
  badge.dataset.tone = looks.modes[mode].tone;
  symbol(badge, looks.modes[mode].icon);
  say(badge.querySelector("span"), looks.modes[mode].label);
  at("limit").dataset.tone = limit.tone;
  symbol(at("limit"), limit.icon);
  say(at("limit-says"), limit.label);
  at("next").hidden = !next;
  if (next) {
    say(at("next-says"), planned(next));
    say(at("next-in"), `${inBoth(Date.parse(next.at), now.timezone)}, in ${span((Date.parse(next.at) - ms) / 1000)}`);
  }

  const trend = course.trend;
  const { joins_per_minute: joins, flow_seconds: over } = now;
  say(at("trend"), [joins === null ? "" : `${number(Math.round(joins))} join a minute`, trend === null ? "" : `line ${signed(trend)}`].filter(Boolean).join(", "));
  say(at("of-places"), places ? `of ${number(places)} places` : "no cap");
  bar("inside-bar", places ? now.inside / places : 0);
  say(at("of-rate"), mode === "pass" ? "everyone" : `of ${number(now.admission_rate)}${over === null ? "" : `, mean of ${over} s`}`);
  bar("flow-bar", now.admission_rate ? now.admissions_per_minute / now.admission_rate : 0);
  say(at("newcomer-range"), !newcomer ? "not known while nobody moves" : newcomer.high ? `${span(newcomer.low)} to ${span(newcomer.high)}` : "straight in");
  say(at("last-at"), last && now.waiting ? `in at about ${clock(ms + last.seconds * 1000)}` : "");
  const weights = now.lanes.reduce((sum, { weight }) => sum + weight, 0) || 1;
  for (const lane of now.lanes) {
    const share = lane.weight / weights;
    const row = document.querySelector(`#lanes tr[data-lane="${CSS.escape(lane.lane)}"]`);
    if (!row) continue;
    say(row.querySelector('[data-lane-v="share"]'), `${Math.round(share * 100)} %`);
    row.querySelector(".share-own").setAttribute("width", String(Math.round(share * 1000) / 10));
    for (const name of ["waiting", "outflow_per_minute"]) say(row.querySelector(`[data-lane-v="${name}"]`), number(lane[name]));
  }
  const set = now.last_change;
  say(at("set-by"), set ? `${lastChange(set)} · ${moment(Date.parse(set.at))}` : "");
  health(now);
  change.follow(now);
  brakes.follow(now);
  stock.follow(now);
}

/** Whether all that the room lives by is well: a sign beside each, for whoever sees no colour. */
function health({ shop, workers, estimates, stale_seconds: stale }) {
  const milli = (seconds) => number(Math.round(seconds * 1000)), errors = shop?.error_share ?? null;
  say(at("shop-latency"), shop?.p95_seconds == null ? "nobody asked it anything" : `${milli(shop.p50_seconds)} ms half, ${milli(shop.p95_seconds)} ms 95 %`);
  sign("shop-errors", errors === null ? "–" : `${(errors * 100).toFixed(1)} % of ${number(Math.round(shop.requests_per_second))} a second`, errors > 0.05 ? "bad" : errors > 0.01 ? "warn" : "");
  sign("workers", workers === null ? "not known" : `${number(workers)} alive`, workers === null ? "" : workers ? "good" : "bad");
  sign("redis", stale === null ? "answers" : `no answer for ${span(stale)}`, stale === null ? "good" : "bad");
  const known = estimates.kept + estimates.early + estimates.late;
  say(at("estimates"), known ? `${Math.round((estimates.kept * 100) / known)} % of ${number(known)}` : "none is due yet");
}

function sign(id, text, tone) {
  const element = at(id);
  say(element, (tone === "bad" ? "✕ " : tone === "warn" ? "△ " : tone === "good" ? "✓ " : "") + text);
  if (tone) element.dataset.tone = tone;
  else delete element.dataset.tone;
}

const age = new Age((reason, connection) => {
  change.block(reason);
  // a stream may be lost where a request still gets through: the brake is tried, and says so where it does not
  brakes.block(reason, connection === "lost" ? "" : reason);
  approvals.block(reason);
});

follow(`/live/${encodeURIComponent(state.room)}`, {
  message({ at: ms, state: told, point, events }) {
    setClock(ms);
    if (told.version >= state.version || Date.now() - doneAt > OWN_MS) Object.assign(state, told);
    course.add(ms, point);
    feed.add(events);
    show(state, ms);
    course.draw(ms);
    age.show("live", ms, state.stale_seconds);
  },
  state: (connection, since) => age.show(connection, since, state.stale_seconds),
});
