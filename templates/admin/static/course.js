// The course of a room over time: what the console has kept, and what the page sees itself from then on.

const KEEP_MS = 15 * 60000;

/** Rows `{at, inflow, outflow, target, waiting, wait, …}` of one room, a second apart. */
export class Course {
  constructor() {
    this.rows = [];
  }

  /** Takes in the state of a moment. */
  add(at, state) {
    const moving = ["auto", "queue"].includes(state.mode);
    this.rows.push({
      at,
      inflow: state.joins_per_minute,
      outflow: state.admissions_per_minute,
      target: state.mode === "pass" ? null : moving ? state.admission_rate : 0,
      waiting: state.waiting,
      wait: state.newcomer_wait ? state.newcomer_wait.seconds / 60 : null,
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
