// Messages to those who wait: written in several languages, seen on the page itself, told now or at a set time.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { number } from "./format.js";
import { fetchParts, inZone, mistakes, put, soon } from "./parts.js";
import { follow } from "./stream.js";

const at = (id) => document.getElementById(id);
const state = at("state");
let told = JSON.parse(state.textContent);
let waiting = Number(state.dataset.waiting);
const path = `/api/rooms/${encodeURIComponent(told.room)}/messages`;
const form = at("compose");
const fields = form.elements;
const theme = () => document.documentElement.dataset.theme || "system";
let replaces = null; // the place of the scheduled message that is changed; null: a new one

// ---- what is written

const rows = () => [...at("translations").children];

function translations() {
  return Object.fromEntries(rows().map((row) => [row.querySelector("[data-tag]").value.trim(), row.querySelector("[data-text]").value.trim()]).filter(([tag, text]) => tag || text));
}

function addRow(tag = "", text = "") {
  if (rows().length >= Number(state.dataset.most)) return null;
  const row = at("translation").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-tag]").value = tag;
  row.querySelector("[data-text]").value = text;
  row.querySelector("[data-text]").lang = tag;
  row.querySelector("[data-remove]").addEventListener("click", () => { row.remove(); written(); at("add-language").focus(); });
  at("translations").append(row);
  return row;
}

function message() {
  const text = fields.text.value.trim(), others = translations();
  const language = fields.language.value.trim();
  return { text, ...(text && language ? { language } : {}), ...(Object.keys(others).length ? { translations: others } : {}) };
}

const atSetTime = () => fields.when.value === "then";
const moment = (field) => field.value.trim().replace("T", " ");
const plain = ({ text, language, translations: others }) => ({ text, ...(language ? { language } : {}), ...(Object.keys(others).length ? { translations: others } : {}) });
const kept = ({ begins, ends, ...rest }) => ({ ...plain(rest), begins, ...(ends ? { ends } : {}) });

/** All messages as they would be, with what is written among them. */
function wanted() {
  const scheduled = told.scheduled.map(kept);
  if (!atSetTime()) return { standing: message(), scheduled };
  const notice = { ...message(), begins: moment(fields.begins), ...(fields.ends.value ? { ends: moment(fields.ends) } : {}) };
  if (replaces === null) scheduled.push(notice);
  else scheduled.splice(replaces, 1, notice);
  return { standing: plain(told.standing), scheduled };
}

// ---- showing

const look = soon(() => {
  const tongue = document.querySelector('input[name="tongue"]:checked')?.value ?? "";
  const text = tongue ? translations()[tongue] ?? "" : fields.text.value.trim();
  const query = new URLSearchParams({ scheme: theme() });
  if (form.dataset.touched) {
    query.set("text", text);
    const language = tongue || fields.language.value.trim();
    if (text && language) query.set("language", language);
  }
  const source = `/rooms/${encodeURIComponent(told.room)}/preview/page?${query}`;
  if (at("look").getAttribute("src") !== source) at("look").src = source;
}, 300);

function tongues() {
  const chosen = document.querySelector('input[name="tongue"]:checked')?.value ?? "";
  const tags = Object.keys(translations()).filter(Boolean);
  const legend = at("tongues").querySelector("legend");
  at("tongues").replaceChildren(legend, ...["", ...tags].map((tag) => {
    const label = document.createElement("label"), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "tongue", value: tag, checked: tag === chosen });
    label.append(radio, tag || fields.language.value.trim() || "Text");
    return label;
  }));
  if (!document.querySelector('input[name="tongue"]:checked')) at("tongues").querySelector("input").checked = true;
}

function written() {
  form.dataset.touched = "yes";
  const length = fields.text.value.length;
  at("m-count").textContent = `${length} / ${fields.text.maxLength}`;
  at("times").hidden = !atSetTime();
  tongues();
  settle();
  look();
  check();
}

function settle() {
  at("send").disabled = !fields.text.value.trim() || (atSetTime() && !fields.begins.value) || state.dataset.may !== "yes";
  at("send-says").textContent = atSetTime() ? (replaces === null ? "Schedule it" : "Change it") : waiting ? `Tell ${number(waiting)} waiting` : "Tell those waiting";
}

const check = soon(async () => {
  if (at("send").disabled) return wrong("");
  try {
    await ask("PUT", `${path}?check=true`, { body: wanted() });
    wrong("");
  } catch (refused) {
    wrong(refused.message);
  }
}, 400);

function wrong(detail) {
  const place = replaces ?? told.scheduled.length;
  const own = atSetTime() ? `scheduled[${place}]` : "standing";
  mistakes(form, detail, at("m-wrong"), own);
}

async function refresh() {
  const answer = await fetchParts(`/rooms/${encodeURIComponent(told.room)}/message/parts`);
  if (!answer) return;
  told = answer.told;
  put(answer.parts);
  look();
}

function clear() {
  form.reset();
  fields.language.value = "en";
  at("translations").replaceChildren();
  replaces = null;
  delete form.dataset.touched;
  at("times").hidden = true;
  at("m-count").textContent = `0 / ${fields.text.maxLength}`;
  mistakes(form, "", at("m-wrong"));
  tongues();
  settle();
  look();
}

/** Puts a message that there is into the form. */
function load(given, place) {
  clear();
  replaces = place;
  fields.text.value = given.text;
  fields.language.value = given.language;
  for (const [tag, text] of Object.entries(given.translations)) addRow(tag, text);
  if (place !== null) {
    fields.when.value = "then";
    for (const [field, text] of [[fields.begins, given.begins], [fields.ends, given.ends ?? ""]]) {
      const local = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:00)?$/.test(text) || !text;
      field.type = local ? "datetime-local" : "text";
      field.value = local ? text.replace(" ", "T").slice(0, 16) : text;
    }
  }
  written();
  fields.text.focus();
}

// ---- telling

async function tell(body, done, why = "") {
  flash("");
  try {
    await ask("PUT", path, { body: { ...body, reason: why }, match: told.etag });
    toast(done);
    await refresh();
    return true;
  } catch (refused) {
    if (refused.status === 412) {
      flash("Somebody has changed the messages meanwhile. What you wrote is still here: look at what is shown now, and send it again.");
      await refresh();
      // where what was to be changed stands now is not known
      replaces = null;
      settle();
    } else wrong(refused.message);
    return false;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (at("send").disabled) return;
  at("send").disabled = true;
  const done = atSetTime() ? "Scheduled" : waiting ? `${number(waiting)} waiting read it now` : "Told";
  if (await tell(wanted(), done, fields.why.value.trim())) clear();
  settle();
});
form.addEventListener("input", (event) => { if (event.target.name !== "why") written(); });
at("add-language").addEventListener("click", () => { addRow()?.querySelector("[data-tag]").focus(); });
at("clear").addEventListener("click", clear);
at("tongues").addEventListener("change", look);
document.addEventListener("themechange", look);

document.querySelector('[data-part="shown"]').addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { edit, back } = button.dataset;
  const scheduled = told.scheduled.map(kept);
  if (edit === "standing") load(told.standing, null);
  else if (edit) load(told.scheduled[Number(edit)], Number(edit));
  else if (back) {
    scheduled.splice(Number(back), 1);
    await tell({ standing: plain(told.standing), scheduled }, "Taken back");
  } else await tell({ standing: { text: "" }, scheduled }, "Taken away");
});

let seen = null;
follow(`/live/${encodeURIComponent(told.room)}`, {
  message({ state: now }) {
    waiting = now.waiting;
    settle();
    if (seen !== null && seen !== now.message) refresh();
    seen = now.message;
  },
  state() {},
});
inZone();
settle();
