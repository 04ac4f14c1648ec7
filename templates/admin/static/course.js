// The course of a room over time: what the console has kept, and what the page sees itself from then on.

const KEEP_MS = 15 * 60000;
const FLOW_MS = 15000;

/** Rows `{at, inflow, outflow, target, waiting, wait, …}` of one room, a second apart. */
export class Course {
  constructor() {
    this.rows = [];
    this.counts = [];
  }

  /** Takes in the state of a moment. */
  add(at, state) {
    this.counts.push({ at, issued: state.issued, admitted: state.admitted });
    while (this.counts.length > 2 && this.counts[1].at < at - FLOW_MS) this.counts.shift();
    const [first] = this.counts, minutes = (at - first.at) / 60000;
    const measured = minutes > 0.05;
    this.rows.push({
      at,
      inflow: measured ? Math.max(state.issued - first.issued, 0) / minutes : null,
      outflow: measured ? Math.max(state.admitted - first.admitted, 0) / minutes : null,
      target: state.mode === "pass" ? null : ["auto", "queue"].includes(state.mode) ? state.admission_rate : 0,
      waiting: state.waiting,
      wait: state.newcomer ? state.newcomer.seconds / 60 : null,
      latency: state.shop?.p95_ms ?? null,
      usual: state.shop?.p50_ms ?? null,
    });
    while (this.rows.length && this.rows[0].at < at - KEEP_MS) this.rows.shift();
  }

  /** What was measured last. */
  get now() { return this.rows.at(-1); }

  /** How fast the line grows, in visitors a minute; null where it has not been watched for long. */
  get trend() {
    const now = this.now, then = this.rows.find((row) => row.at >= now?.at - 60000);
    const minutes = now && then ? (now.at - then.at) / 60000 : 0;
    return minutes > 0.2 ? (now.waiting - then.waiting) / minutes : null;
  }
}
