// The page of alerts: its parts come anew from the console whenever they are another.

import { flash, toast } from "./console.js";
import { Age } from "./age.js";
import { ask, Refused } from "./api.js";
import { keepClock } from "./clock.js";
import { localise } from "./moments.js";
import { follow } from "./stream.js";

const at = (id) => document.getElementById(id);
const age = new Age();
const setClock = keepClock(at("clock"));
const sending = new Set();

/** Puts a part in place; who stood on a button in it still does. */
function put(name, html) {
  const part = document.querySelector(`[data-part="${name}"]`);
  if (!part) return;
  const held = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.innerHTML = html;
  localise(part);
  mark();
  if (held) at(held)?.focus({ preventScroll: true });
}

/** Buttons of tests that are under way. */
function mark() {
  for (const button of document.querySelectorAll("[data-test]")) {
    const busy = sending.has(button.dataset.test);
    button.setAttribute("aria-disabled", busy);
    button.firstChild.textContent = busy ? "Sending…" : "Send a test";
  }
}

async function test(channel) {
  if (sending.has(channel)) return;
  sending.add(channel);
  mark();
  flash("");
  try {
    // the receiver may take its time
    const { data } = await ask("POST", `/api/channels/${encodeURIComponent(channel)}/test`, { seconds: 75 });
    if (data.fate === "delivered") toast(`The test has reached ${channel}.`);
    else flash(`The test has not reached ${channel}: ${data.note}`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    flash(error.message);
  } finally {
    sending.delete(channel);
    mark();
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-test]");
  if (button) test(button.dataset.test);
});

follow("/alerts/live", {
  message({ at: ms, parts }) {
    setClock(ms);
    for (const [name, html] of Object.entries(parts)) put(name, html);
    age.show("live", ms, null);
  },
  state: (connection, since) => age.show(connection, since, null),
});
