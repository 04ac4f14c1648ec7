// Pause, resume and undo: always at the same place, always with a reason.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { say, symbol } from "./fill.js";
import { changes, lastChange } from "./said.js";

const LOOKS = "Your role is to look: it sets nothing";
const at = (id) => document.getElementById(id);

export class Brakes {
  /** `onState(state)` is told the state that came of it. */
  constructor(state, { may, onState }) {
    Object.assign(this, { state, may, onState, blocked: "", stuck: "", busy: false });
    this.path = `/api/rooms/${encodeURIComponent(state.room)}`;
    at("brake").addEventListener("click", () => this.press());
    at("undo").addEventListener("click", () => this.undo());
    for (const button of document.querySelectorAll(".reasons button"))
      button.addEventListener("click", () => this.turn("pause", button.textContent));
    for (const what of ["pause", "resume"])
      at(`${what}-form`).addEventListener("submit", (event) => {
        event.preventDefault();
        this.turn(what, at(`${what}-why`).value);
      });
    this.show();
  }

  get isPaused() { return this.state.mode === "pause"; }

  /** Why it cannot be braked; "" where it can. */
  get barred() { return this.may ? this.stuck : LOOKS; }

  follow(state) {
    this.state = state;
    this.show();
  }

  /** Takes undo and the brake away, and says why; "" gives them back. */
  block(undo, brake = undo) {
    Object.assign(this, { blocked: undo, stuck: brake });
    this.show();
  }

  show() {
    const brake = at("brake"), undo = at("undo"), paused = this.isPaused, last = this.state.last_change;
    // not `disabled`: whoever comes by keyboard hears why
    brake.setAttribute("aria-disabled", String(Boolean(this.barred)));
    brake.title = this.barred;
    brake.classList.toggle("primary", paused);
    brake.classList.toggle("danger", !paused);
    symbol(brake, paused ? "play" : "pause");
    say(brake.querySelector("span"), paused ? "Resume" : "Pause");
    const nothing = !last || !Object.keys(last.changed).length ? "There is nothing to undo" : "";
    const barred = this.may ? this.blocked : LOOKS;
    undo.setAttribute("aria-disabled", String(Boolean(barred || nothing || this.busy)));
    undo.title = barred || nothing || `Undo: ${lastChange(last)}`;
  }

  /** The button, or its key. */
  press() {
    if (this.barred) {
      toast(this.barred, { tone: "bad" });
      return;
    }
    const dialog = at(this.isPaused ? "resuming" : "pausing");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input").select();
  }

  async turn(what, reason) {
    const told = await this.act(what, reason);
    at(what === "pause" ? "pausing" : "resuming").close();
    if (told) toast(what === "pause" ? "Paused: nobody new is let in" : "Resumed: the line moves again", { action: { label: "Undo", run: () => this.undo() } });
  }

  async undo() {
    if (at("undo").getAttribute("aria-disabled") === "true") {
      toast(at("undo").title || "There is nothing to undo", { tone: "bad" });
      return;
    }
    const told = await this.act("undo", "");
    if (told) toast(`Undone: ${changes(told.changed)}`, { action: { label: "Redo", run: () => this.undo() } });
  }

  async act(what, reason) {
    if (this.busy) return null;
    this.busy = true;
    this.show();
    try {
      // the brakes work whatever others do meanwhile; what is undone is what stands on this page
      const match = what === "undo" ? this.state.etag : undefined;
      const { status, data } = await ask("POST", `${this.path}/${what}`, { body: { reason: reason.trim() }, match, keyed: false });
      flash("");
      if (status === 202) {
        toast("This waits for a second person to approve it", { seconds: 12 });
        return null;
      }
      this.onState(data);
      return data;
    } catch (refused) {
      if (refused.status === 412 && refused.problem.state) {
        this.onState(refused.problem.state);
        toast(`Nothing undone: meanwhile ${lastChange(refused.problem.state.last_change)}`, { tone: "bad" });
      } else if (refused.status === 409) toast(refused.message, { tone: "bad" });
      else flash(refused.message);
      return null;
    } finally {
      this.busy = false;
      this.show();
    }
  }
}
