// A course over time as SVG: lines, a filled one first, moments marked on the time axis, and what stood at one of them.

import { clock, here } from "./format.js";
import { nice } from "./dial.js";

const LEFT = 44, RIGHT = 6, TOP = 14, BOTTOM = 20;
const TICKS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].map((seconds) => seconds * 1000);
const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

/** The round end of an axis that holds `most`, with four steps or five. */
function top(most) {
  const step = nice(Math.max(most, 1) / 4);
  return { step, end: Math.max(Math.ceil(most / step), 1) * step };
}

/**
 * `series`: [{name, key, dashed}], drawn from rows `{at, [key]: number | null}`; `say(value)` words a value.
 * Charts that share a `cursor` (an EventTarget) show the same moment.
 */
export class Chart {
  constructor(figure, { series, say, cursor, filled = true }) {
    Object.assign(this, { figure, series, say, cursor, filled, rows: [], marks: [], from: 0, to: 1 });
    this.plot = figure.querySelector(".plot");
    this.title = figure.querySelector("h3").textContent;
    const legend = figure.querySelector(".legend");
    if (series.length > 1)
      for (const [index, { name }] of series.entries()) {
        const item = document.createElement("li");
        const sample = make("svg", { "aria-hidden": "true", viewBox: "0 0 16 8" }, item);
        make("path", { class: `series series-${index}`, d: "M1 4H15" }, sample);
        item.append(name);
        legend.append(item);
      }
    this.svg = make("svg", { "aria-hidden": "true" }, this.plot);
    this.tip = document.createElement("div");
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.none = document.createElement("p");
    this.none.className = "plot-empty";
    this.plot.append(this.tip, this.none);
    new ResizeObserver(() => this.draw()).observe(this.plot);
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerleave", () => cursor.dispatchEvent(new CustomEvent("at", { detail: null })));
    cursor.addEventListener("at", (event) => this.show(event.detail));
  }

  /** Shows `rows` from `from` to `to` (milliseconds), with `marks` `[{at, text}]` on the axis. */
  set({ rows, marks, from, to }) {
    Object.assign(this, { rows, marks, from, to });
    this.draw();
  }

  x(at) { return LEFT + ((at - this.from) / (this.to - this.from)) * (this.width - LEFT - RIGHT); }

  y(value) { return TOP + (1 - value / this.axis.end) * (this.height - TOP - BOTTOM); }

  at(x) { return this.from + ((x - LEFT) / (this.width - LEFT - RIGHT)) * (this.to - this.from); }

  draw() {
    this.width = this.plot.clientWidth;
    this.height = this.plot.clientHeight;
    if (!this.width) return;
    const known = this.rows.flatMap((row) => this.series.map(({ key }) => row[key]).filter((value) => value !== null && value !== undefined));
    this.axis = top(known.length ? Math.max(...known) : 0);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren();
    for (let value = 0; value <= this.axis.end; value += this.axis.step) {
      const y = Math.round(this.y(value)) + 0.5;
      make("path", { class: "grid-line", d: `M${LEFT} ${y}H${this.width - RIGHT}` }, this.svg);
      make("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, this.svg).textContent = this.say(value);
    }
    this.times();
    for (const [index, { key }] of [...this.series.entries()].reverse()) this.line(index, key);
    for (const mark of this.marks) {
      if (mark.at < this.from || mark.at > this.to) continue;
      const x = Math.round(this.x(mark.at)) + 0.5;
      make("path", { class: "mark-line", d: `M${x} ${TOP - 4}V${this.height - BOTTOM}` }, this.svg);
      make("circle", { class: "mark-dot", cx: x, cy: TOP - 6, r: 3.5 }, this.svg);
    }
    this.cross = make("g", { visibility: "hidden" }, this.svg);
    this.none.hidden = known.length > 0;
    this.none.textContent = this.rows.length ? "Not measured" : "Filling up …";
    const last = [...this.rows].reverse().find((row) => this.series.some(({ key }) => row[key] != null));
    const now = last ? this.series.filter(({ key }) => last[key] != null).map(({ name, key }) => `${name} ${this.say(last[key])}`).join(", ") : "nothing is known yet";
    if (this.detail) this.show(this.detail);
    this.plot.setAttribute("aria-label", `${this.title}. Now: ${now}. The table below has the course.`);
  }

  times() {
    const every = TICKS.find((ms) => (this.to - this.from) / ms <= this.width / 70) ?? TICKS.at(-1);
    // full hours of the viewer, whose zone may be off by half an hour
    const offset = new Date(this.to).getTimezoneOffset() * 60000;
    for (let at = Math.ceil((this.from - offset) / every) * every + offset; at <= this.to; at += every) {
      const x = this.x(at);
      if (x < LEFT + 8 || x > this.width - 20) continue;
      make("text", { x, y: this.height - 4, "text-anchor": "middle" }, this.svg).textContent = clock(at, { zone: here });
    }
  }

  line(index, key) {
    let d = "", open = false, start = 0, last = 0, area = "";
    const gap = Math.max((this.to - this.from) / 40, 15000);
    const close = () => { if (open && index === 0) area += `L${last.toFixed(1)} ${this.y(0).toFixed(1)}L${start.toFixed(1)} ${this.y(0).toFixed(1)}Z`; open = false; };
    let before = 0;
    for (const row of this.rows) {
      const value = row[key];
      if (value === null || value === undefined || row.at < this.from) { close(); continue; }
      if (row.at - before > gap) close();
      const x = this.x(row.at), step = `${open ? "L" : "M"}${x.toFixed(1)} ${this.y(value).toFixed(1)}`;
      if (!open) start = x;
      d += step;
      area += step;
      last = x;
      before = row.at;
      open = true;
    }
    close();
    if (index === 0 && this.filled && area) make("path", { class: "fill-0", d: area }, this.svg);
    if (d) make("path", { class: `series series-${index}`, d }, this.svg);
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    const at = Math.min(Math.max(this.at(event.clientX - box.left), this.from), this.to);
    this.cursor.dispatchEvent(new CustomEvent("at", { detail: { at, chart: this } }));
  }

  show(detail) {
    this.detail = detail;
    if (!this.cross) return;
    const row = detail && nearest(this.rows, detail.at);
    this.cross.setAttribute("visibility", row ? "visible" : "hidden");
    this.tip.hidden = !row || detail.chart !== this;
    if (!row) return;
    const x = this.x(row.at);
    this.cross.replaceChildren();
    make("path", { class: "cross", d: `M${x.toFixed(1)} ${TOP}V${this.height - BOTTOM}` }, this.cross);
    for (const [index, { key }] of this.series.entries())
      if (row[key] != null) make("circle", { class: `cross-dot of-${index}`, cx: x, cy: this.y(row[key]), r: 3.5 }, this.cross);
    if (this.tip.hidden) return;
    this.tip.replaceChildren();
    const lines = [[clock(row.at, { zone: here, seconds: true }), null], ...this.series.map(({ name, key }) => [name, row[key]])];
    for (const [name, value] of lines) {
      const line = document.createElement("div");
      if (value !== null) {
        const bold = document.createElement("b");
        bold.textContent = value === undefined ? "–" : this.say(value);
        line.append(bold);
      }
      line.append(name);
      this.tip.append(line);
    }
    const near = this.marks.find((mark) => Math.abs(this.x(mark.at) - x) < 8);
    if (near) {
      const said = document.createElement("span");
      said.className = "tip-mark";
      said.textContent = near.text;
      this.tip.append(said);
    }
    const beyond = x > this.width / 2;
    this.tip.style.insetInlineStart = beyond ? "auto" : `${x + 10}px`;
    this.tip.style.insetInlineEnd = beyond ? `${this.width - x + 10}px` : "auto";
  }
}

function nearest(rows, at) {
  let found = null;
  for (const row of rows) if (!found || Math.abs(row.at - at) < Math.abs(found.at - at)) found = row;
  return found;
}
