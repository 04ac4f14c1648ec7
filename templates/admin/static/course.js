// The course of a room over time: what the console has kept, and what comes on top each second.

import { ask } from "./api.js";
import { Chart } from "./chart.js";
import { say } from "./fill.js";
import { clock, number } from "./format.js";

const SPANS = { "15m": 15 * 60000, "3h": 3 * 3600000, event: 7 * 24 * 3600000 };
const AGAIN_MS = { "15m": Infinity, "3h": 12000, event: 60000 };
const tenths = (value) => number(Math.round(value * 10) / 10);
const rounded = (value) => number(Math.round(value));
const COLUMNS = [
  ["Let in, a minute", "admissions", rounded], ["Joined, a minute", "joins", rounded], ["Target, a minute", "target", rounded],
  ["Waiting", "waiting", rounded], ["Newcomer’s wait, minutes", "wait", tenths], ["Shop, 95 % within, ms", "p95", rounded], ["Shop, half within, ms", "p50", rounded],
];
const at = (id) => document.getElementById(id);

/** A point of the history in the units of the charts. */
function row(ms, { admissions, joins, target, waiting, newcomer, p50, p95 }) {
  const scaled = (value, by) => (value === null || value === undefined ? null : value * by);
  return { at: ms, admissions, joins, target, waiting, wait: scaled(newcomer, 1 / 60), p50: scaled(p50, 1000), p95: scaled(p95, 1000) };
}

export class Course {
  /** `feed` knows what happened, for the marks on the time axis. */
  constructor(room, feed) {
    this.path = `/api/rooms/${encodeURIComponent(room)}`;
    this.feed = feed;
    this.span = "15m";
    this.rows = [];
    this.older = [];
    this.loadedAt = 0;
    const cursor = new EventTarget();
    const chart = (id, options) => new Chart(at(`chart-${id}`), { cursor, ...options });
    this.charts = [
      chart("flow", { say: rounded, series: [{ name: "in", key: "admissions" }, { name: "joined", key: "joins" }, { name: "target", key: "target" }] }),
      chart("line", { say: rounded, series: [{ name: "waiting", key: "waiting" }] }),
      chart("wait", { say: tenths, series: [{ name: "wait", key: "wait" }] }),
      chart("latency", { say: rounded, filled: false, series: [{ name: "95 %", key: "p95" }, { name: "half", key: "p50" }] }),
    ];
    for (const radio of document.querySelectorAll("#span input"))
      radio.addEventListener("change", () => { this.span = radio.value; this.load(); });
    at("as-table").addEventListener("toggle", () => this.table());
    this.load();
  }

  /** Asks the console for what it has kept. */
  async load() {
    const span = this.span;
    this.loadedAt = Date.now();
    try {
      const { data } = await ask("GET", `${this.path}/history?span=${span}`);
      if (span !== this.span) return;
      const step = data.step_seconds * 1000, begin = data.begin * 1000;
      this.rows = data.waiting.map((_, index) => row(begin + index * step, Object.fromEntries(["admissions", "joins", "target", "waiting", "newcomer", "p50", "p95"].map((name) => [name, data[name][index]]))));
      if (span !== "15m") this.older = await this.feed.since(Date.now() - SPANS[span]);
    } catch {
      return; // the page tells of it by other means, and the next second comes anyway
    }
    this.draw(this.now ?? Date.now());
    this.table();
  }

  /** Takes in the figures of this second; null: there are none. */
  add(ms, point) {
    this.now = ms;
    if (this.span === "15m") {
      if (point && point.at * 1000 > (this.rows.at(-1)?.at ?? 0)) this.rows.push(row(point.at * 1000, point));
      while (this.rows.length && this.rows[0].at < ms - SPANS["15m"]) this.rows.shift();
    } else if (Date.now() - this.loadedAt > AGAIN_MS[this.span]) this.load();
    const [now, then] = [this.rows.at(-1), this.rows.find((each) => each.at >= ms - 60000)];
    const minutes = now && then ? (now.at - then.at) / 60000 : 0;
    this.trend = this.span === "15m" && minutes > 0.2 ? (now.waiting - then.waiting) / minutes : this.trend;
  }

  draw(ms) {
    const from = this.span === "event" ? Math.min(this.rows[0]?.at ?? ms - 60000, ms - 60000) : ms - SPANS[this.span];
    const marks = this.feed.marks(from, this.older);
    for (const chart of this.charts) chart.set({ rows: this.rows, marks, from, to: ms });
    if (ms - (this.tabledAt ?? 0) > 10000) this.table();
  }

  /** The same as a table, of about thirty rows: for those who see no chart, and for those who want the figures. */
  table() {
    const table = at("series");
    if (!at("as-table").open) return;
    this.tabledAt = this.now;
    if (!table.tHead.rows.length) {
      const head = table.tHead.insertRow();
      for (const name of ["Time", ...COLUMNS.map(([name]) => name)]) {
        const cell = document.createElement("th");
        cell.scope = "col";
        cell.textContent = name;
        head.append(cell);
      }
    }
    const step = Math.max(Math.floor(this.rows.length / 30), 1);
    const shown = this.rows.filter((_, index) => index % step === 0).reverse();
    const body = table.tBodies[0];
    while (body.rows.length > shown.length) body.deleteRow(-1);
    shown.forEach((each, index) => {
      const line = body.rows[index] ?? body.insertRow();
      const texts = [clock(each.at, { seconds: this.span === "15m" }), ...COLUMNS.map(([, key, words]) => (each[key] === null ? "–" : words(each[key])))];
      texts.forEach((text, column) => say(line.cells[column] ?? line.insertCell(), text));
    });
  }
}
