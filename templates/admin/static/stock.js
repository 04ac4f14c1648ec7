// Sold out, and back: said by a press, always with a reason.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { say } from "./fill.js";

const at = (id) => document.getElementById(id);
const SAID = {
  no: "No longer sold out: the line is as it was",
  yes: "Sold out: told to everyone in line, and newcomers get no place",
  returns: "Sold out, and the line goes on for those who wait for returns",
};

export class Stock {
  /** `onState(state)` is told the state that came of it. */
  constructor(state, { may, onState }) {
    Object.assign(this, { state, onState });
    const { dialog, form } = this;
    at("stock").disabled = !may;
    at("stock").addEventListener("click", () => {
      form.elements.sold_out.value = this.state.settings.sold_out;
      dialog.showModal();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.turn(form.elements.sold_out.value, at("stock-why").value.trim());
    });
    this.follow(state);
  }

  get dialog() { return at("selling-out"); }

  get form() { return at("stock-form"); }

  follow(state) {
    this.state = state;
    const sold = state.settings.sold_out !== "no";
    say(at("stock").querySelector("span"), sold ? "Sold out" : "Sold out…");
    at("stock").classList.toggle("danger", sold);
  }

  async turn(sold_out, reason) {
    try {
      const { data } = await ask("PATCH", `/api/rooms/${encodeURIComponent(this.state.room)}`, { body: { sold_out, reason }, match: "*" });
      flash("");
      this.onState(data);
      toast(SAID[sold_out]);
    } catch (refused) {
      flash(refused.message);
    }
    this.dialog.close();
  }
}
