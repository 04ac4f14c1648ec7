// The page of a room's settings.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { Turning } from "./turning.js";

const at = (id) => document.getElementById(id);
const form = at("settings"), { room } = form.dataset;
new Turning(form);

at("reset-name").addEventListener("input", () => { at("reset-now").disabled = at("reset-name").value.trim() !== room; });
at("reset").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (at("reset-now").disabled) return;
  at("reset-now").disabled = true;
  try {
    const { status } = await ask("POST", `/api/rooms/${encodeURIComponent(room)}/reset`, { body: { confirm: at("reset-name").value.trim(), reason: at("reset-why").value.trim() } });
    toast(status === 202 ? "This waits for a second person to approve of it" : "The line begins anew", { seconds: 12 });
  } catch (refused) {
    flash(refused.message);
  }
  at("resetting").close();
  at("reset").reset();
});
