// Rehearsals: started, watched, cancelled; and what a rate means.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { number, span } from "./format.js";
import { el, fetchParts, put, soon } from "./parts.js";

const at = (id) => document.getElementById(id);
const form = at("start");
const fields = form.elements;
const path = "/api/rehearsals";

async function refresh() {
  const answer = await fetchParts("/rehearsals/parts");
  if (answer) put(answer.parts);
}

// ---- one that runs

let watched = null;
async function watch(id) {
  if (watched === id) return;
  watched = id;
  at("running").hidden = false;
  at("go").disabled = true;
  while (watched === id) {
    let now;
    try {
      now = (await ask("GET", `${path}/${id}`)).data;
    } catch (refused) {
      at("running-says").textContent = refused.message;
      if (refused.status) break;
      await new Promise((resolve) => setTimeout(resolve, 2000));
      continue;
    }
    at("bar").value = now.share;
    at("running-title").textContent = now.title;
    at("running-says").textContent = now.phase === "running" ? `${Math.round(now.share * 100)} %: the fate of ${number(now.known)} of ${number(now.visitors)} is known, ${span(now.rehearsed_seconds)} rehearsed` : "";
    if (now.phase !== "running") {
      if (now.phase === "done") toast(`${now.title}: ${number(now.entered)} entered`, { action: { label: "Report", run: () => { location.href = `/rehearsals/${id}`; } }, seconds: 20 });
      if (now.phase === "failed") flash(`The rehearsal failed: ${now.error}`);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  watched = null;
  at("running").hidden = true;
  at("go").disabled = false;
  await refresh();
}

at("cancel").addEventListener("click", async () => {
  const id = watched;
  at("cancel").disabled = true;
  try {
    await ask("DELETE", `${path}/${id}`, { seconds: 30 });
    toast("Cancelled");
  } catch (refused) {
    flash(refused.message);
  }
  at("cancel").disabled = false;
});

const running = document.querySelector('[data-phase="running"]');
if (running) watch(running.dataset.rehearsal);

// ---- starting

for (const button of form.querySelectorAll("[data-preset]"))
  button.addEventListener("click", () => {
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.preset))) fields[name].value = value;
  });

function wanted() {
  const body = { visitors: Number(fields.visitors.value), over: fields.over.value.trim(), arrivals: fields.arrivals.value, crowd: fields.crowd.value, draw: fields.draw.checked, room: fields.room.value };
  for (const name of ["rate", "capacity", "visit"]) if (fields[name].value.trim()) body[name] = fields[name].value.trim();
  if (fields.seed.value.trim()) body.seed = Number(fields.seed.value);
  const changes = fields.changes.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (changes.length) body.changes = changes;
  return body;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  at("v-wrong").textContent = "";
  flash("");
  at("go").disabled = true;
  try {
    const { data } = await ask("POST", path, { body: wanted() });
    at("running").scrollIntoView({ block: "nearest" });
    watch(data.id);
    await refresh();
  } catch (refused) {
    at("go").disabled = false;
    at("v-wrong").textContent = refused.message;
  }
});

document.querySelector('[data-part="list"]').addEventListener("click", async (event) => {
  const id = event.target.closest("[data-remove]")?.dataset.remove;
  if (!id) return;
  try {
    await ask("DELETE", `${path}/${id}`);
    await refresh();
  } catch (refused) {
    flash(refused.message);
  }
});

// ---- what a rate means

const sum = at("sum");
const work = soon(async () => {
  const { waiting, rate, within, inflow, visit, capacity, no_shows: shows } = sum.elements;
  const body = { waiting: Number(waiting.value), rate: Number(rate.value), inflow: Number(inflow.value), capacity: Number(capacity.value), no_shows: Number(shows.value) / 100 };
  if (within.value.trim()) body.within = within.value.trim();
  if (visit.value.trim()) body.visit = visit.value.trim();
  try {
    const { data } = await ask("POST", "/api/calculator", { body });
    at("s-wrong").textContent = "";
    at("answers").replaceChildren(...data.words.map((words) => el("li", words)));
  } catch (refused) {
    at("s-wrong").textContent = refused.message;
  }
}, 200);
sum.addEventListener("input", work);
sum.addEventListener("submit", (event) => { event.preventDefault(); work(); });
work();
