// What is turned, what it would do, and setting it. Nothing is set before it is confirmed, and nothing typed is lost.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { Dial } from "./dial.js";
import { say } from "./fill.js";
import { number, sentence, span } from "./format.js";
import { changes, settings } from "./said.js";

const LOOK_AGAIN_MS = 5000;
const NOTICE_MS = 1000; // whoever presses sooner has not read it
const at = (id) => document.getElementById(id);
const rounded = (value) => number(value === null || value === undefined ? null : Math.round(value));
/** Of each row of the effect: where the figure stands, how it is said, and whether more of it is better. */
const ROWS = {
  first: ["first_seconds", span, -1],
  median: ["median_seconds", span, -1],
  last: ["last_seconds", span, -1],
  outflow: ["outflow_per_minute", rounded, 1],
  load: ["load", rounded, 0],
};

export class Change {
  /** `onSet(what)` is told in words what was set, `onState(state)` the state that came of it, `onAsked()` that a second
      person was asked for. */
  constructor(state, { may, onSet, onAsked, onState }) {
    Object.assign(this, { live: state, may, onSet, onAsked, onState, blocked: "", mode: state.mode, sending: false, asked: 0, overtakenAt: 0 });
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
    this.settle();
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
    const before = this.live, turned = this.pending ?? {};
    this.live = { ...state };
    this.rate.follow(state.rate, state.admissions_per_minute === null ? null : Math.round(state.admissions_per_minute));
    this.capacity.follow(state.capacity, state.inside);
    if (this.mode === before.mode) this.choose(state.mode);
    const overtaken = Object.keys(turned).some((name) => before[name] !== state[name] && state[name] !== turned[name]);
    if (overtaken && !this.sending) this.overtaken(state);
    this.settle();
    if (Date.now() - this.asked > LOOK_AGAIN_MS) this.preview();
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
    const wanted = this.pending, blocked = this.blocked;
    at("effect").toggleAttribute("data-pending", Boolean(wanted));
    at("discard").disabled = !wanted || this.sending;
    at("why").disabled = !wanted || Boolean(blocked);
    const unread = Date.now() - this.overtakenAt < NOTICE_MS;
    at("confirm").disabled = !wanted || this.sending || Boolean(blocked) || unread;
    say(at("confirm-says"), this.sending ? "Setting …" : wanted ? `Set ${settings(wanted)}` : "Nothing to set");
    if (blocked) say(at("effect-says"), blocked);
    if (wanted) return;
    at("conflict").hidden = true;
    if (!blocked) say(at("effect-says"), this.may ? "Turn a dial to see what it would change. Nothing is set until you confirm." : "Your role is to look: it sets nothing.");
    for (const key of Object.keys(ROWS)) this.row(key, this.stands ?? {}, null);
  }

  discard() {
    this.rate.reset();
    this.capacity.reset();
    this.choose(this.live.mode);
    at("why").value = "";
    this.settle();
  }

  /** Asks what it would do, or where nothing is turned, how it stands. A later question takes the place of an earlier one. */
  async preview() {
    const wanted = this.pending;
    if (this.blocked) return;
    this.asked = Date.now();
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    let answer = {}, text;
    try {
      answer = (await ask("POST", `${this.path}/preview`, { body: wanted ?? { rate: this.live.rate }, signal })).data;
      text = wanted && this.told(wanted, answer);
    } catch (refused) {
      text = refused.message;
    }
    if (signal.aborted) return;
    this.stands = answer.before;
    if (!wanted) {
      this.settle();
      return;
    }
    for (const key of Object.keys(ROWS)) this.row(key, answer.before ?? {}, answer.after ?? null);
    say(at("effect-says"), text);
  }

  told(wanted, { before, after, stands_seconds: stands }) {
    const from = Object.fromEntries(Object.entries(wanted).map(([name, to]) => [name, { before: this.live[name], after: to }]));
    const words = [`${sentence(changes(from))}.`];
    const saved = before.last_seconds === null || after.last_seconds === null ? null : before.last_seconds - after.last_seconds;
    if (stands > 1) words.push(`Nobody enters for ${span(stands)}: more are inside than the new capacity holds.`);
    else if (!this.live.waiting) words.push("Nobody waits just now.");
    else if (after.last_seconds === null) words.push("Those in line do not move.");
    else if (saved !== null) words.push(Math.abs(saved) < 1 ? "The waits stay as they are." : `The last in line enters ${span(Math.abs(saved))} ${saved > 0 ? "sooner" : "later"}.`);
    return words.join(" ");
  }

  row(key, before, after) {
    const [field, words, better] = ROWS[key];
    const row = document.querySelector(`#effect [data-row="${key}"]`);
    const was = before[field] ?? null, will = after?.[field] ?? null;
    const say1 = (value, known) => (known && value === null && field.endsWith("_seconds") ? "never" : words(value));
    say(row.querySelector('[data-at="before"]'), say1(was, after));
    say(row.querySelector('[data-at="after"]'), say1(will, after));
    const delta = row.querySelector('[data-at="delta"]');
    const difference = was !== null && will !== null ? will - was : 0, shown = words(Math.abs(difference));
    if (Math.abs(difference) < 0.5 || shown === "0") {
      say(delta, "");
      return;
    }
    say(delta, `${difference > 0 ? "▲" : "▼"} ${shown}`);
    if (better) delta.dataset.tone = difference * better > 0 ? "good" : "warn";
  }

  /** Somebody else was quicker: what they set is shown, and what is turned here stays. */
  overtaken({ last_change: last }) {
    const what = last ? `${last.who} set ${changes(last.changed)} meanwhile` : "The settings were changed meanwhile";
    say(at("conflict").querySelector("p"), `${what}. What you turned is still here: look again at what it would do, then confirm anew.`);
    at("conflict").hidden = false;
    this.overtakenAt = Date.now();
    setTimeout(() => this.settle(), NOTICE_MS + 50);
    this.preview();
  }

  async confirm() {
    const wanted = this.pending;
    if (!wanted || this.sending || this.blocked || !this.form.reportValidity()) return;
    if (Date.now() - this.overtakenAt < NOTICE_MS) return;
    this.sending = true;
    flash("");
    this.settle();
    try {
      const { status, data } = await ask("PATCH", this.path, { body: { ...wanted, reason: at("why").value.trim() }, match: this.live.etag });
      this.done(wanted, status, data);
    } catch (refused) {
      if (refused.status === 412 && refused.problem.state) {
        this.follow(refused.problem.state);
        this.overtaken(refused.problem.state);
      } else flash(refused.message);
    } finally {
      this.sending = false;
      this.settle();
    }
  }

  done(wanted, status, data) {
    if (status === 202) {
      this.discard();
      this.onAsked();
      toast(`${sentence(settings(wanted))} waits for a second person to approve of it`, { seconds: 12 });
      return;
    }
    at("why").value = "";
    this.onState(data);
    this.onSet(changes(data.changed) || settings(wanted));
  }
}
