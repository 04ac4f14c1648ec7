// What is turned, what it would do, and setting it. Nothing is set before it is confirmed, and nothing typed is lost.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { Dial } from "./dial.js";
import { say } from "./fill.js";
import { number, span } from "./format.js";

const LOOK_AGAIN_MS = 5000;
const at = (id) => document.getElementById(id);
const rounded = (value) => number(value === null || value === undefined ? null : Math.round(value));
/** Of each row of the effect: where the figure stands, how it is said, and whether more of it is better. */
const ROWS = {
  first: ["first_seconds", span, -1],
  median: ["median_seconds", span, -1],
  last: ["last_seconds", span, -1],
  outflow: ["outflow", rounded, 1],
  load: ["load", rounded, 0],
};

/** How one setting is said: "rate 300", "no cap". */
export function said(name, value) {
  if (name === "capacity") return value ? `capacity ${number(value)}` : "no cap";
  return typeof value === "number" ? `${name} ${number(value)}` : `${name} ${value}`;
}

function sentence(wanted) {
  return Object.entries(wanted).map(([name, value]) => said(name, value)).join(", ");
}

export class Change {
  constructor(state, { may, onSet }) {
    Object.assign(this, { live: state, may, onSet, blocked: "", mode: state.mode, sending: false });
    this.path = `/api/rooms/${encodeURIComponent(state.room)}`;
    this.form = at("change");
    const onChange = () => this.turned();
    this.rate = new Dial(document.querySelector('[data-dial="rate"]'), { onChange });
    this.capacity = new Dial(document.querySelector('[data-dial="capacity"]'), { none: true, most: 1e7, onChange });
    for (const radio of this.form.elements.mode)
      radio.addEventListener("change", () => { this.mode = radio.value; this.turned(); });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.confirm(); });
    this.form.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.pending) this.discard(); });
    at("discard").addEventListener("click", () => this.discard());
    this.enable();
  }

  /** What is turned and not yet set: {rate: 400}; null: nothing. */
  get pending() {
    const wanted = {};
    if (this.rate.changed) wanted.rate = this.rate.value;
    if (this.capacity.changed) wanted.capacity = this.capacity.value;
    if (this.mode !== this.live.mode) wanted.mode = this.mode;
    return Object.keys(wanted).length ? wanted : null;
  }

  /** Takes in the state of the room. What somebody has turned stays turned. */
  follow(state) {
    const before = this.live, turned = this.pending;
    this.live = state;
    this.rate.follow(state.rate, state.admissions_per_minute === null ? null : Math.round(state.admissions_per_minute));
    this.capacity.follow(state.capacity, state.inside);
    if (this.mode === before.mode) this.choose(state.mode);
    // from here on against what holds now
    const others = Object.keys(turned ?? {}).filter((name) => before[name] !== state[name] && state[name] !== turned[name]);
    if (others.length && !this.sending) this.overtaken(others.map((name) => said(name, state[name])).join(", "));
    this.settle();
    if (this.pending && Date.now() - this.asked > LOOK_AGAIN_MS) this.preview();
  }

  /** Takes the controls away, and says why; "" gives them back. */
  block(reason) {
    if (reason === this.blocked) return;
    this.blocked = reason;
    this.enable();
    this.settle();
  }

  enable() {
    const enabled = this.may && !this.blocked;
    this.rate.enable(enabled);
    this.capacity.enable(enabled);
    for (const radio of this.form.elements.mode) radio.disabled = !enabled;
  }

  choose(mode) {
    this.mode = mode;
    for (const radio of this.form.elements.mode) radio.checked = radio.value === mode;
  }

  /** Something was turned. */
  turned() {
    at("conflict").hidden = true;
    this.settle();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.preview(), 120);
  }

  /** Shows whether there is something to set. */
  settle() {
    const wanted = this.pending;
    at("effect").toggleAttribute("data-pending", Boolean(wanted));
    at("discard").disabled = !wanted || this.sending;
    at("why").disabled = !wanted || Boolean(this.blocked);
    at("confirm").disabled = !wanted || this.sending || Boolean(this.blocked);
    say(at("confirm-says"), this.sending ? "Setting …" : wanted ? `Set ${sentence(wanted)}` : "Nothing to set");
    if (wanted) return;
    clearTimeout(this.soon);
    this.asking?.abort();
    at("conflict").hidden = true;
    say(at("effect-says"), this.blocked || (this.may ? "Turn a dial to see what it would change. Nothing is set until you confirm." : "Your role may look, and not set anything."));
    for (const key of Object.keys(ROWS)) this.row(key, {}, null);
  }

  discard() {
    this.rate.reset();
    this.capacity.reset();
    this.choose(this.live.mode);
    at("why").value = "";
    this.settle();
  }

  /** Asks what it would do. A later question takes the place of an earlier one. */
  async preview() {
    const wanted = this.pending;
    if (!wanted || this.blocked) return;
    this.asked = Date.now();
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const { data } = await ask("POST", `${this.path}/preview`, { body: wanted, signal });
      if (signal.aborted) return;
      for (const key of Object.keys(ROWS)) this.row(key, data.before, data.after);
      say(at("effect-says"), this.told(wanted, data));
    } catch (refused) {
      if (signal.aborted) return;
      for (const key of Object.keys(ROWS)) this.row(key, {}, null);
      say(at("effect-says"), refused.message);
    }
  }

  told(wanted, { before, after, stands_seconds: stands }) {
    const from = Object.fromEntries(Object.keys(wanted).map((name) => [name, this.live[name]]));
    const words = [`${sentence(from)} → ${sentence(wanted)}.`];
    if (stands > 1) words.push(`Nobody enters for ${span(stands)}: more are inside than the new capacity holds.`);
    else if (after.last_seconds === null && this.live.waiting) words.push("Those in line do not move.");
    else if (before.last_seconds !== null && this.live.waiting) {
      const saved = before.last_seconds - after.last_seconds;
      words.push(Math.abs(saved) < 1 ? "The waits stay as they are." : `The last in line enters ${span(Math.abs(saved))} ${saved > 0 ? "sooner" : "later"}.`);
    } else if (!this.live.waiting) words.push("Nobody waits just now.");
    return words.join(" ");
  }

  row(key, before, after) {
    const [field, words, better] = ROWS[key];
    const row = document.querySelector(`#effect [data-row="${key}"]`);
    const was = before[field] ?? null, will = after ? (after[field] ?? null) : null;
    say(row.querySelector('[data-at="before"]'), words(was));
    say(row.querySelector('[data-at="after"]'), after ? (field.endsWith("_seconds") && will === null ? "never" : words(will)) : "–");
    const delta = row.querySelector('[data-at="delta"]');
    const difference = was !== null && will !== null ? will - was : 0;
    const shown = words(Math.abs(difference));
    if (Math.abs(difference) < 0.5 || shown === "0") { say(delta, ""); delta.removeAttribute("data-tone"); return; }
    say(delta, `${difference > 0 ? "▲" : "▼"} ${shown}`);
    if (better) delta.dataset.tone = difference * better > 0 ? "good" : "warn";
  }

  overtaken(what, who = "Somebody") {
    const notice = at("conflict");
    say(notice.querySelector("p"), `${who} set ${what} meanwhile. What you turned is still here: look again at what it would do, and confirm anew.`);
    notice.hidden = false;
    this.preview();
  }

  async confirm() {
    const wanted = this.pending;
    if (!wanted || this.sending || this.blocked) return;
    if (document.activeElement?.closest(".dial") && !this.form.reportValidity()) return;
    this.sending = true;
    flash("");
    this.settle();
    try {
      const { status, data } = await ask("PATCH", this.path, { body: { ...wanted, why: at("why").value.trim() }, match: this.live.etag });
      this.set(wanted, status, data);
    } catch (refused) {
      if (refused.status === 412) {
        const now = refused.problem;
        this.overtaken(sentence(now.changes ?? {}) || "something else", now.who || "Somebody");
      } else flash(refused.message);
    } finally {
      this.sending = false;
      this.settle();
    }
  }

  set(wanted, status, data) {
    at("why").value = "";
    if (status === 202) {
      toast(`${sentence(wanted)}: waits for a second person to approve it`, { seconds: 12 });
      this.discard();
      return;
    }
    // what was set is what holds from now on, before the stream tells
    for (const [name, dial] of [["rate", this.rate], ["capacity", this.capacity]])
      if (name in wanted) { dial.live = dial.value; dial.draw(); }
    Object.assign(this.live, wanted);
    this.onSet?.(sentence(wanted), data);
  }
}
