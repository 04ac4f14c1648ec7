// Invitations: minted one by one or in bulk, looked at, revoked.

import { ask, Refused } from "./api.js";
import { toast } from "./console.js";
import { number, span } from "./format.js";
import { el, fetchParts, put } from "./parts.js";

const at = (id) => document.getElementById(id);
const room = at("state").dataset.room;
const path = `/api/rooms/${encodeURIComponent(room)}/invitations`;
const form = at("mint");
const fields = form.elements;

async function refresh() {
  const answer = await fetchParts(`/rooms/${encodeURIComponent(room)}/invitations/parts`);
  if (answer) put(answer.parts);
}

function settle() {
  const kind = fields.kind.value, whom = kind === "word" ? "" : fields.for.value;
  for (const each of form.querySelectorAll("[data-for]")) each.hidden = !each.dataset.for.split(" ").includes(kind);
  for (const each of form.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== whom;
}

const conditions = () => ({ lane: fields.lane.value, uses: Number(fields.uses.value), expires: fields.expires.value.trim(), begins: fields.begins.value.trim() });

// ---- one

async function mintOne() {
  const kind = fields.kind.value;
  const body = { ...conditions(), kind };
  if (kind === "word") body.word = fields.word.value.trim();
  else {
    body.member = fields.member.value.trim();
    if (kind === "links") Object.assign(body, { to: fields.to.value.trim(), base: fields.base.value.trim() });
  }
  const { data } = await ask("POST", path, { body });
  at("once").hidden = false;
  at("secret").textContent = data.link || data.code;
  at("once-hint").textContent = `${data.id}, into the lane ${data.lane}, until ${new Date(data.ends).toLocaleString("en-GB")}. It is shown this once.`;
  at("once").scrollIntoView({ block: "nearest" });
  await refresh();
}

at("copy").addEventListener("click", async () => {
  await navigator.clipboard?.writeText(at("secret").textContent);
  toast("Copied");
});

// ---- in bulk

async function upload(query, file) {
  const headers = { accept: "application/json", "content-type": "text/csv", "idempotency-key": crypto.randomUUID?.() ?? `${Date.now()}` };
  const csrf = document.querySelector("meta[name=csrf]")?.content;
  if (csrf) headers["x-csrf-token"] = csrf;
  let answer;
  try {
    answer = await fetch(`${path}/mintings?${query}`, { method: "POST", headers, body: file, credentials: "same-origin" });
  } catch {
    throw new Refused(0, { detail: "The console cannot be reached. Nothing was minted, as far as this page knows." });
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}

async function mintMany() {
  const isFile = fields.for.value === "file";
  const file = fields.file.files[0];
  if (isFile && !file) throw new Refused(422, { detail: "Choose a CSV file first." });
  const query = new URLSearchParams({ ...conditions(), codes: fields.kind.value === "codes", to: fields.to.value.trim(), base: fields.base.value.trim() });
  if (!isFile) query.set("count", fields.count.value);
  watch(await upload(query, isFile ? file : undefined));
}

let shown = null;
async function watch(minting) {
  shown = minting;
  at("minting").hidden = false;
  at("minting-done").hidden = true;
  at("minting").scrollIntoView({ block: "nearest" });
  for (;;) {
    at("minting-bar").max = minting.count;
    at("minting-bar").value = minting.done;
    at("minting-says").textContent = { running: `${number(minting.done)} of ${number(minting.count)}`, done: `${number(minting.count)} minted, batch ${minting.batch}. The file can be downloaded for a day.`, failed: `Nothing was minted: ${minting.error}` }[minting.phase];
    if (minting.phase !== "running") break;
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (shown.id !== minting.id) return;
    try {
      minting = (await ask("GET", `${path}/mintings/${minting.id}`)).data;
    } catch (refused) {
      at("minting-says").textContent = refused.message;
      return;
    }
  }
  at("minting-title").textContent = minting.phase === "done" ? "Minted" : "Not minted";
  at("minting-done").hidden = !minting.has_file;
  at("download").href = `${path}/mintings/${minting.id}/csv`;
  shown = minting;
  await refresh();
}

at("throw-away").addEventListener("click", async () => {
  try {
    await ask("DELETE", `${path}/mintings/${shown.id}/csv`);
    at("minting").hidden = true;
    toast("The file is thrown away. The invitations go on counting.");
  } catch (refused) {
    at("minting-says").textContent = refused.message;
  }
});

form.addEventListener("change", settle);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  at("i-wrong").textContent = "";
  at("mint-now").disabled = true;
  try {
    if (fields.kind.value === "word" || fields.for.value === "one") await mintOne();
    else await mintMany();
  } catch (refused) {
    at("i-wrong").textContent = refused.message;
  }
  at("mint-now").disabled = false;
});

// ---- one that there is

at("looking").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("l-wrong").textContent = "";
  try {
    const { data } = await ask("POST", `${path}/look`, { body: { what: at("l-what").value.trim() } });
    const facts = {
      Counts: data.counts ? "yes" : `no: ${data.refusal}`, Id: data.id, Lane: data.lane, For: data.is_for_member ? "a member" : "whoever has it",
      Places: `${data.uses ? number(data.uses) : "any number"}; given so far: ${number(data.used)}`,
      Until: `${new Date(data.ends).toLocaleString("en-GB")} (${span((Date.parse(data.ends) - Date.now()) / 1000)})`,
    };
    at("looked").replaceChildren(...Object.entries(facts).map(([name, text]) => {
      const row = document.createElement("div");
      row.append(el("dt", name), el("dd", text));
      return row;
    }));
    at("looked").hidden = false;
  } catch (refused) {
    at("looked").hidden = true;
    at("l-wrong").textContent = refused.message;
  }
});

// ---- revoking

async function revoke(names, members, reason) {
  const { data } = await ask("POST", `${path}/revoke`, { body: { names, members, reason } });
  toast(`${number(data.revoked)} revoked${data.before ? `, ${number(data.before)} were so before` : ""}`);
  await refresh();
}

at("revoking").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("r-wrong").textContent = "";
  const { names, are, why } = at("revoking").elements;
  try {
    await revoke(names.value.split("\n").filter((line) => line.trim()), are.value === "members", why.value.trim());
    names.value = "";
  } catch (refused) {
    at("r-wrong").textContent = refused.message;
  }
});

document.querySelector('[data-part="batches"]').addEventListener("click", (event) => {
  const batch = event.target.closest("[data-revoke]")?.dataset.revoke;
  if (!batch) return;
  const { names } = at("revoking").elements;
  names.value = batch;
  at("revoking").scrollIntoView({ block: "center" });
  at("revoking").elements.why.focus();
});
settle();
