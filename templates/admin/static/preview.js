// The visitors' pages in frames: one state at a time, in each look.

import { soon } from "./parts.js";

const at = (id) => document.getElementById(id);
const room = at("state").dataset.room;
const text = at("p-text"), language = at("p-language");
let touched = false;

async function show() {
  const query = new URLSearchParams({ state: document.querySelector('input[name="state"]:checked').value });
  if (touched) {
    query.set("text", text.value);
    if (text.value && language.value) query.set("language", language.value);
    const answer = await fetch(`/rooms/${encodeURIComponent(room)}/preview/page?${query}`, { headers: { accept: "application/json" } });
    at("p-wrong").textContent = answer.ok ? "" : (await answer.json().catch(() => ({}))).detail ?? "";
    if (!answer.ok) return;
  }
  for (const frame of document.querySelectorAll("iframe[data-scheme]")) {
    query.set("scheme", frame.dataset.scheme);
    frame.src = `/rooms/${encodeURIComponent(room)}/preview/page?${query}`;
  }
}

at("states").addEventListener("change", show);
const later = soon(() => { touched = true; show(); }, 400);
text.addEventListener("input", later);
language.addEventListener("input", later);
