// A form of settings that are looked at, changed together, and set by one confirmation with a reason. Nothing typed is lost
// when somebody else was quicker.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { say } from "./fill.js";
import { changes, settings } from "./said.js";

const at = (id) => document.getElementById(id);

/** Dotted names as the API has them: {"challenge.when": "auto"} is {challenge: {when: "auto"}}. */
function nested(wanted) {
  const tables = {};
  for (const [name, value] of Object.entries(wanted)) {
    const path = name.split("."), last = path.pop();
    path.reduce((table, step) => (table[step] ??= {}), tables)[last] = value;
  }
  return tables;
}

export class Turning {
  /** `form` has fields with `data-was`; `onTurn(wanted)` is told what is changed, by their names. */
  constructor(form, { onTurn = () => {}, empty = null } = {}) {
    Object.assign(this, { form, onTurn, empty, etag: form.dataset.etag, sending: false });
    this.path = `/api/rooms/${encodeURIComponent(form.dataset.room)}`;
    this.fields = [...form.querySelectorAll("[data-was]")];
    form.addEventListener("input", () => this.show());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.confirm(); });
    at("discard").addEventListener("click", () => this.discard());
    this.show();
  }

  get wanted() {
    return Object.fromEntries(this.fields.filter((field) => field.value.trim() !== field.dataset.was).map((field) => [field.name, field.value.trim() || this.empty]));
  }

  show() {
    const wanted = this.wanted;
    for (const field of this.fields) field.toggleAttribute("data-changed", field.name in wanted);
    at("save").hidden = !Object.keys(wanted).length;
    say(at("save-says"), settings(wanted));
    at("set").disabled = this.sending;
    this.onTurn(wanted);
  }

  discard() {
    for (const field of this.fields) field.value = field.dataset.was;
    at("conflict").hidden = true;
    at("why").value = "";
    this.show();
  }

  async confirm() {
    const wanted = this.wanted;
    if (this.sending || !Object.keys(wanted).length) return;
    this.sending = true;
    this.show();
    flash("");
    try {
      const { status, data } = await ask("PATCH", this.path, { body: { ...nested(wanted), reason: at("why").value.trim() }, match: this.etag });
      if (status === 202) toast("This waits for a second person to approve of it", { seconds: 12 });
      else {
        toast(`Set: ${changes(data.changed) || settings(wanted)}`);
        this.etag = data.etag;
      }
      for (const field of this.fields) if (field.name in wanted && status !== 202) field.dataset.was = field.value = field.value.trim();
      this.sending = false;
      this.discard();
    } catch (refused) {
      this.refused(refused);
    } finally {
      this.sending = false;
      this.show();
    }
  }

  refused(refused) {
    if (refused.status !== 412 || !refused.problem.state) {
      flash(refused.message);
      return;
    }
    const { etag, last_change: last } = refused.problem.state;
    this.etag = etag;
    say(at("conflict").querySelector("p"), `${last ? `${last.who} set ${changes(last.changed)}` : "Somebody has set something"} meanwhile. Nothing was done; what you typed is still here. Confirm anew if it should hold all the same.`);
    at("conflict").hidden = false;
  }
}
