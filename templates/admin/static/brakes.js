// Pause, resume and undo: always at the same place, always with a reason.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { say, symbol } from "./fill.js";

const at = (id) => document.getElementById(id);

export class Brakes {
  constructor(state, { may }) {
    Object.assign(this, { state, may, blocked: "", busy: false });
    this.path = `/api/rooms/${encodeURIComponent(state.room)}`;
    at("brake").addEventListener("click", () => this.press());
    at("undo").addEventListener("click", () => this.undo());
    for (const button of document.querySelectorAll("[data-close]"))
      button.addEventListener("click", () => button.closest("dialog").close());
    for (const button of document.querySelectorAll(".reasons button"))
      button.addEventListener("click", () => { at("pause-why").value = button.textContent; this.turn("pause", at("pause-why").value); });
    at("pause-form").addEventListener("submit", (event) => { event.preventDefault(); this.turn("pause", at("pause-why").value); });
    at("resume-form").addEventListener("submit", (event) => { event.preventDefault(); this.turn("resume", at("resume-why").value); });
    this.show();
  }

  get isPaused() { return this.state.mode === "pause"; }

  follow(state) {
    this.state = state;
    this.show();
  }

  /** Takes the brakes away, and says why; "" gives them back. */
  block(reason) {
    this.blocked = reason;
    this.show();
  }

  show() {
    const brake = at("brake"), paused = this.isPaused;
    const why = !this.may ? "Your role may look, and not pause" : this.blocked;
    // not `disabled`: who comes by keyboard shall hear why
    brake.setAttribute("aria-disabled", String(Boolean(why)));
    brake.title = why;
    brake.classList.toggle("primary", paused);
    brake.classList.toggle("danger", !paused);
    symbol(brake.querySelector(".icon"), paused ? "play" : "pause");
    say(brake.querySelector("span"), paused ? "Resume" : "Pause");
    const undo = at("undo");
    undo.disabled = Boolean(why) || this.busy;
    undo.title = why;
  }

  /** The button, or its key. */
  press() {
    const why = !this.may ? "Your role may look, and not pause." : this.blocked;
    if (why) { toast(why, { tone: "bad" }); return; }
    const dialog = at(this.isPaused ? "resuming" : "pausing");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input").select();
  }

  async turn(what, why) {
    if (this.busy) return;
    this.busy = true;
    const dialog = at(what === "pause" ? "pausing" : "resuming");
    try {
      await ask("POST", `${this.path}/${what}`, { body: { why: why.trim() } });
      dialog.close();
      flash("");
      toast(what === "pause" ? "Paused: nobody new is let in" : "Resumed: the line moves again", { action: { label: "Undo", run: () => this.undo() } });
    } catch (refused) {
      dialog.close();
      flash(refused.message);
    } finally {
      this.busy = false;
      this.show();
    }
  }

  async undo() {
    if (this.busy || !this.may || this.blocked) return;
    this.busy = true;
    this.show();
    try {
      const { data } = await ask("POST", `${this.path}/undo`, { body: {} });
      toast(`Undone${data.says ? `: ${data.says}` : ""}`, { action: { label: "Undo the undoing", run: () => this.undo() } });
    } catch (refused) {
      toast(refused.message, { tone: "bad" });
    } finally {
      this.busy = false;
      this.show();
    }
  }
}
