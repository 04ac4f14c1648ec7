// What waits for a second person, in one room: shown to everyone, decided by somebody else than asked for it.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { clock, sentence } from "./format.js";
import { changes } from "./said.js";

const AGAIN_MS = 5000;

/** What becomes of a plan: "plan event sale: opens …". */
function planned(changed) {
  return `plan ${Object.entries(changed).map(([name, { after }]) => `${name}: ${after ?? "taken out"}`).join("; ")}`;
}

export class Approvals {
  /** `me` is who is signed in, as the record names them. Where nothing needs two people, `needed` is false. */
  constructor(list, room, { me, may, needed }) {
    Object.assign(this, { list, room, me, may, needed, shown: "", blocked: false });
    this.look();
    setInterval(() => this.look(), AGAIN_MS);
  }

  /** Stops asking, or goes on: whoever is signed out would be refused again and again. */
  block(reason) { this.blocked = Boolean(reason); }

  async look() {
    if (!this.needed || this.blocked || document.hidden) return;
    try {
      const { data } = await ask("GET", "/api/approvals?state=pending");
      this.show(data.filter(({ room }) => room === this.room));
    } catch {
      // the page tells by other means that nothing can be asked for now
    }
  }

  show(pending) {
    const ids = pending.map(({ id }) => id).join();
    if (ids === this.shown) return;
    this.shown = ids;
    this.list.replaceChildren(...pending.map((each) => this.item(each)));
    this.list.hidden = !pending.length;
  }

  item({ id, action, changed, reason, asked_by: by, expires_at: until }) {
    const item = document.getElementById("approval").content.firstElementChild.cloneNode(true);
    const what = action === "reset" ? "begin the line anew" : action === "plan" ? planned(changed) : changes(changed);
    const mine = by === this.me;
    item.querySelector("b").textContent = sentence(what);
    item.querySelector(".approval-by").textContent = `${mine ? "You ask" : `${by} asks`} for a second person${reason ? `: ${reason}` : ""}. Until ${clock(Date.parse(until))}.`;
    const [approve, reject] = item.querySelectorAll("button");
    approve.hidden = mine || !this.may;
    reject.hidden = !this.may;
    reject.textContent = mine ? "Take it back" : "Reject";
    approve.addEventListener("click", () => this.decide(id, "approve", `Approved and done: ${what}`));
    reject.addEventListener("click", () => this.decide(id, "reject", mine ? "Taken back" : "Rejected"));
    return item;
  }

  async decide(id, how, said) {
    try {
      await ask("POST", `/api/approvals/${encodeURIComponent(id)}/${how}`, { body: {} });
      toast(said);
    } catch (refused) {
      flash(refused.message);
    }
    this.shown = "";
    this.look();
  }
}
