// The schedule: events on a time line; each change is previewed before it is made.

import { ask } from "./api.js";
import { flash, toast } from "./console.js";
import { clock, here, place, sameTime, sentence, span } from "./format.js";
import { closers, fetchParts, inZone, mistakes, ownTime, put, soon } from "./parts.js";
import { follow } from "./stream.js";
import { draw } from "./timeline.js";

const at = (id) => document.getElementById(id);
let plan = JSON.parse(at("state").textContent);
let offset = Date.parse(plan.now) - Date.now();
const path = `/api/rooms/${encodeURIComponent(plan.room)}/plan`;
const nowMs = () => Date.now() + offset;

// ---- showing

function show() {
  draw(at("timeline"), {
    events: plan.events, says: plan.steps.filter((step) => step.kind === "say"), timezone: plan.timezone,
    ownRate: plan.own_rate, now: nowMs(), zoom: document.querySelector('input[name="zoom"]:checked').value,
  });
}

function count() {
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = (Date.parse(each.dataset.until) - nowMs()) / 1000;
    each.textContent = left > 0 ? `in ${span(left)}` : "now";
  }
}

async function refresh() {
  const answer = await fetchParts(`/rooms/${encodeURIComponent(plan.room)}/schedule/parts`);
  if (!answer) return;
  plan = answer.plan;
  offset = Date.parse(plan.now) - Date.now();
  put(answer.parts);
  count();
  show();
}

if (!sameTime(Date.now(), plan.timezone, here)) at("here").textContent = `; it is ${clock(Date.now(), { zone: plan.timezone })} there, and ${clock(Date.now())} in ${place(here)}`;
at("zoom").addEventListener("change", show);
new ResizeObserver(show).observe(at("timeline"));
setInterval(() => { count(); show(); }, 15000);
setInterval(count, 1000);
count();
inZone();
closers();

let seen = "";
follow(`/live/${encodeURIComponent(plan.room)}`, {
  message({ state }) {
    const now = JSON.stringify([state.next_change?.at, state.next_change?.text, state.event, state.mode, state.message]);
    if (seen && now !== seen) refresh();
    seen = now;
  },
  state() {},
});

// ---- what would happen

/** Shows what a trial said in a `.would`. */
function tell(section, happens) {
  const list = section.querySelector("[data-steps]");
  const zone = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: plan.timezone, timeZoneName: "short" });
  list.replaceChildren(...happens.map((each) => {
    const item = at("step").content.firstElementChild.cloneNode(true);
    item.dataset.when = each.when;
    item.dataset.tone = each.tone;
    const when = item.querySelector(".step-when");
    if (each.when === "now") when.textContent = "At once";
    else {
      when.textContent = zone.format(Date.parse(each.at)) + ownTime(Date.parse(each.at), plan.timezone);
      if (each.was_at && each.was_at !== each.at) {
        const was = document.createElement("s");
        was.textContent = ` ${zone.format(Date.parse(each.was_at))}`;
        when.append(was);
      }
    }
    item.querySelector(".step-does").textContent = sentence(each.text);
    return item;
  }));
  section.querySelector("[data-none]").hidden = happens.length > 0;
  section.querySelector("[data-wrong]").textContent = "";
}

class Decision {
  /** `wish()` gives {method, path, body}, or null while there is nothing to try. */
  constructor(dialog, { wish, wrong, done }) {
    Object.assign(this, { dialog, wish, wrong, done, etag: null, asking: null });
    this.would = dialog.querySelector(".would");
    this.button = dialog.querySelector(".button.primary, .button.danger");
    this.conflict = dialog.querySelector("[data-conflict]");
    this.try = soon(() => this.preview());
    dialog.querySelector("form:not([method])").addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
  }

  open() {
    this.conflict.hidden = true;
    this.dialog.querySelector('[name="why"]').value = "";
    this.dialog.showModal();
    this.preview();
  }

  async preview() {
    const wish = this.wish();
    this.button.disabled = true;
    this.asking?.abort();
    if (!wish) return;
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const { data } = await ask(wish.method, `${wish.path}?check=true`, { body: wish.body, signal });
      if (signal.aborted) return;
      this.etag = data.etag;
      this.wrong("");
      tell(this.would, data.happens);
      this.button.disabled = false;
    } catch (refused) {
      if (signal.aborted) return;
      this.would.querySelector("[data-steps]").replaceChildren();
      this.would.querySelector("[data-none]").hidden = true;
      this.wrong(refused.message);
    }
  }

  async apply() {
    const wish = this.wish();
    if (!wish || this.button.disabled) return;
    this.button.disabled = true;
    const reason = this.dialog.querySelector('[name="why"]').value.trim();
    try {
      const { status } = await ask(wish.method, wish.path, { body: { ...wish.body, reason }, match: this.etag });
      this.dialog.close();
      flash("");
      if (status === 202) toast("This waits for a second person to approve of it, on the page Now", { seconds: 12 });
      else this.done();
      await refresh();
    } catch (refused) {
      if (refused.status === 412) {
        this.conflict.querySelector("p").textContent = "Somebody has changed the plan meanwhile. What you chose is still here: look again at what it would do, and confirm anew.";
        this.conflict.hidden = false;
        await refresh();
        this.preview(); // which gives the button back
      } else {
        this.button.disabled = false;
        this.wrong(refused.message);
      }
    }
  }
}

// ---- one event

const form = at("event-form");
let editing = null; // the name of the event that is changed; null: a new one

function words(event) {
  const { name, opens, prequeue, draw: drawn, closes, rate, mode } = event;
  return Object.fromEntries(Object.entries({ name, opens, prequeue, draw: drawn, closes, rate, mode }).filter(([, value]) => value !== null));
}

const isLocal = (text) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:00)?$/.test(text);

/** A field for a moment: the browser's own where that can hold it, else a text. */
function setMoment(field, text) {
  field.type = !text || isLocal(text) ? "datetime-local" : "text";
  field.value = field.type === "text" ? text : text.replace(" ", "T").slice(0, 16);
}
const momentOf = (field) => field.value.trim().replace("T", " ");

function fillForm(event) {
  form.elements.name.value = event.name ?? "";
  setMoment(form.elements.opens, event.opens ?? "");
  form.elements.prequeue.value = event.prequeue ?? "30m";
  form.elements.draw.checked = event.draw ?? true;
  const closes = event.closes ?? "";
  const isMoment = /\d{4}-\d\d-\d\d/.test(closes);
  form.elements.ends.value = !closes ? "never" : isMoment ? "at" : "after";
  form.elements["closes-after"].value = isMoment ? "" : closes;
  setMoment(form.elements["closes-at"], isMoment ? closes : "");
  form.elements.rate.value = event.rate ?? "";
  form.elements.mode.value = event.mode ?? "auto";
  ends();
}

function ends() {
  const chosen = form.elements.ends.value;
  form.elements["closes-after"].hidden = chosen !== "after";
  form.elements["closes-at"].hidden = chosen !== "at";
}

function typed() {
  const { name, opens, prequeue, draw: drawn, ends: how, rate, mode } = form.elements;
  const closes = how.value === "after" ? form.elements["closes-after"].value.trim() : how.value === "at" ? momentOf(form.elements["closes-at"]) : null;
  const event = { name: name.value.trim(), opens: momentOf(opens), prequeue: prequeue.value.trim() || "0s", draw: drawn.checked, mode: mode.value };
  if (closes !== null) event.closes = closes;
  if (rate.value.trim()) event.rate = rate.value.trim();
  return event;
}

/** All events with the one that is typed, and its place among them. */
function wanted() {
  const others = plan.events.map(words);
  const place_ = editing === null ? others.length : others.findIndex((event) => event.name === editing);
  others.splice(place_ < 0 ? others.length : place_, place_ < 0 ? 0 : 1, typed());
  return [others, place_ < 0 ? others.length - 1 : place_];
}

const edit = new Decision(at("editing"), {
  wish() {
    const event = typed();
    if (!event.name || !event.opens) { edit.wrong(""); return null; }
    return { method: "PUT", path, body: { events: wanted()[0] } };
  },
  wrong(detail) {
    mistakes(form, detail, at("would").querySelector("[data-wrong]"), `events[${wanted()[1]}]`);
    // the browser's field cannot say which of two hours is meant
    if (/comes twice/.test(detail)) for (const field of [form.elements.opens, form.elements["closes-at"]])
      if (field.type === "datetime-local" && detail.includes(momentOf(field))) { const text = momentOf(field); field.type = "text"; field.value = text; }
  },
  done: () => toast(editing === null ? "Planned" : `The plan of ${editing} is changed`),
});

function openForm(event) {
  editing = event ? event.name : null;
  at("editing-title").textContent = event ? `Change ${event.name}` : "Plan an event";
  at("apply").textContent = event ? "Change it" : "Plan it";
  form.elements.name.readOnly = Boolean(event) && event.phase !== "planned";
  const day = new Date(nowMs() + 86400000).toLocaleDateString("sv-SE", { timeZone: plan.timezone });
  fillForm(event ? event : { opens: `${day} 10:00`, closes: "6h" });
  mistakes(form, "", at("would").querySelector("[data-wrong]"));
  edit.open();
  form.elements[event ? "opens" : "name"].focus();
}

form.addEventListener("input", (event) => { if (event.target.name !== "why") { ends(); edit.try(); } });
at("add")?.addEventListener("click", () => openForm(null));

// ---- moving and cancelling

let deciding = { event: null, action: "move" };
const decideForm = at("decide-form");
const decision = new Decision(at("deciding"), {
  wish: () => ({ method: "POST", path: `${path}/${deciding.action}`, body: deciding.action === "move" ? { event: deciding.event, by: decideForm.elements.by.value } : { event: deciding.event } }),
  wrong: (detail) => { at("would-decide").querySelector("[data-wrong]").textContent = detail; },
  done: () => toast(deciding.action === "move" ? `The opening of ${deciding.event} is moved` : `${deciding.event} is taken out`),
});

function decide(name, action) {
  const event = plan.events.find((each) => each.name === name);
  deciding = { event: name, action };
  const moves = action === "move";
  at("deciding-title").textContent = moves ? `Move the opening of ${name}` : event?.phase === "open" ? `Take ${name} out of the plan?` : `Cancel ${name}?`;
  decideForm.querySelector("[data-moving]").hidden = !moves;
  at("decide").textContent = moves ? "Move it" : event?.phase === "open" ? "Take it out" : "Cancel it";
  at("decide").className = `button ${moves ? "primary" : "danger"}`;
  decision.button = at("decide");
  decideForm.elements.by.value = "15m";
  decision.open();
}

decideForm.elements.by.addEventListener("input", () => decision.try());
for (const button of decideForm.querySelectorAll("[data-by]"))
  button.addEventListener("click", () => { decideForm.elements.by.value = button.dataset.by; decision.preview(); });

document.querySelector('[data-part="events"]').addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const name = button?.closest("[data-event]")?.dataset.event;
  if (!name) return;
  if ("edit" in button.dataset) openForm(plan.events.find((each) => each.name === name));
  else decide(name, "move" in button.dataset ? "move" : "cancel");
});
