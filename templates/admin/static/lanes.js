// The page of a room's lanes: what the weights come to is shown while they are typed.

import { say } from "./fill.js";
import { number, span, typed } from "./format.js";
import { follow } from "./stream.js";
import { Turning } from "./turning.js";

const form = document.getElementById("lanes");

function shares() {
  const rows = [...form.querySelectorAll("tr[data-lane]")];
  const weights = rows.map((row) => Math.max(typed(row.querySelector("input").value) || 0, 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  rows.forEach((row, index) => {
    const share = total ? (100 * weights[index]) / total : 0;
    say(row.querySelector("[data-share]"), `${Math.round(share)} %`);
    row.querySelector(".share-own").setAttribute("width", share.toFixed(1));
  });
}

if (form) {
  const turning = new Turning(form, { onTurn: shares });
  follow(`/live/${encodeURIComponent(form.dataset.room)}`, {
    message({ state }) {
      for (const lane of state.lanes) {
        const row = form.querySelector(`tr[data-lane="${CSS.escape(lane.lane)}"]`);
        if (!row) continue;
        say(row.querySelector("[data-waiting]"), number(lane.waiting));
        say(row.querySelector("[data-flow]"), number(lane.outflow_per_minute));
        say(row.querySelector("[data-wait]"), span(lane.newcomer_wait?.seconds));
        const field = row.querySelector("input"), weight = String(lane.weight);
        if (field.dataset.was === weight) continue;
        // another has set it: what is typed here stays, and is confirmed against what holds now
        if (field.value === field.dataset.was) field.value = weight;
        field.dataset.was = weight;
        turning.show();
      }
      if (!Object.keys(turning.wanted).length) turning.etag = state.etag;
    },
    state() {},
  });
}
