// What happens to this request?

import { ask } from "./api.js";
import { symbol } from "./fill.js";
import { sentence } from "./format.js";
import { el } from "./parts.js";

const at = (id) => document.getElementById(id);
const form = at("trial");
const KINDS = {
  page: [["Accept", "text/html,application/xhtml+xml"], ["Sec-Fetch-Mode", "navigate"], ["Sec-Fetch-Dest", "document"]],
  call: [["Accept", "application/json"]],
  image: [["Accept", "image/*"], ["Sec-Fetch-Mode", "no-cors"], ["Sec-Fetch-Dest", "image"]],
  form: [["Accept", "text/html"], ["Sec-Fetch-Mode", "navigate"], ["Sec-Fetch-Dest", "document"], ["Sec-Fetch-Site", "cross-site"]],
  none: [],
};
const FATES = {
  shop: ["Goes to the shop", "good", "pass"],
  enters: ["Enters at once", "good", "check"],
  waits: ["Waits in line", "warn", "queue"],
  held: ["Refused, without a place", "warn", "closed"],
  closed: ["Told that the room is closed", "idle", "closed"],
  "handed-back": ["Handed back once", "note", "undo"],
  uninvited: ["Needs an invitation", "warn", "access"],
  own: ["The gateway answers itself", "note", "info"],
  refused: ["Refused as unclear", "bad", "bad"],
};

function asked() {
  const { method, url, host, address, kind, holds, headers, crawler, websocket } = form.elements;
  const more = headers.value.split("\n").filter((line) => line.trim()).map((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [line.trim(), ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return {
    method: method.value, url: url.value.trim(), host: host.value.trim(), address: address.value.trim(), holds: holds.value,
    headers: [...KINDS[kind.value], ...more], crawler: crawler.value, websocket: websocket.checked,
  };
}

function show(outcome) {
  const [label, tone, icon] = FATES[outcome.fate];
  at("outcome-none").hidden = true;
  at("outcome-some").hidden = false;
  at("fate").dataset.tone = tone;
  at("fate").querySelector("span").textContent = label;
  symbol(at("fate").querySelector("svg"), icon);
  at("fate-text").textContent = outcome.text;
  const facts = {
    by: sentence(outcome.by) + (outcome.rule ? `: ${outcome.rule}` : ""), room: outcome.room || "none", kind: outcome.kind || "–",
    address: outcome.address ?? "unknown: a proxy’s, or nobody’s", answer: outcome.answer || (outcome.fate === "own" ? "the gateway’s answer" : "the shop’s answer"),
  };
  for (const [name, text] of Object.entries(facts)) document.querySelector(`[data-o="${name}"]`).textContent = text;
  at("notes").replaceChildren(...outcome.notes.map((note) => el("li", note)));
  at("verdicts").hidden = !outcome.verdicts.length;
  at("verdicts").tBodies[0].replaceChildren(...outcome.verdicts.map(({ rule, miss }) => {
    const row = document.createElement("tr");
    row.append(el("th", rule, { scope: "row" }), el("td", miss === null ? "lets it pass" : `does not match: ${miss}`));
    return row;
  }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  at("t-wrong").textContent = "";
  try {
    show((await ask("POST", "/api/trial", { body: asked() })).data);
  } catch (refused) {
    at("t-wrong").textContent = refused.message;
  }
});
