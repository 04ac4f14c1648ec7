// What is heard of the line: by a stream, and where there is none, by asking.

const SILENCE = 45; // seconds after which an open stream may be a dead one; the gateway speaks three times in it
const FIRST_PAUSE = 5; // seconds at most until a stream that broke is opened again: all may have broken at once
const LONGEST_PAUSE = 30; // seconds between two attempts to open the stream
const SOON = 10; // seconds until the question at the latest, when the stream breaks

let refresh = Number(words.refresh);
let source = null;
let attempt = 0; // to open the stream, since it last spoke
let heard = new Date();
let far = false; // from the door: then there is no stream, see line.js
let measure = () => {}; // how far it is; as line.js does where it is part of the page

function alive() {
  heard = new Date();
  write("checked", clock.format(heard));
  if (!part("lost").hidden) announce(words.sayBack);
  part("lost").hidden = true;
  plan();
}

function hear(status) {
  if (entering) return;
  measure(status);
  alive();
  if (status.refresh_after > 0) refresh = status.refresh_after;
  if (status.state === "admitted") return enter();
  // The ticket is of an earlier life of the line: at the door it is exchanged for a new place.
  if (status.notice === "restarted" && !known(status.position)) return after("again", Math.random() * refresh, again);
  slide(() => show(status));
  if (status.state === "left") return rest();
  // Whoever is called enters with the next request. The stream says when; this is for when there is none.
  if (status.state === "called") after("enter", pause(refresh), enter);
  else stop("enter");
}

function showLost() {
  if (!part("lost").hidden) return;
  write("lost-since", clock.format(heard));
  part("lost").hidden = false;
  announce(part("lost").textContent);
}

function plan() {
  stop("again");
  if (!source) after("ask", pause(document.hidden || far ? Math.max(refresh, words.presence / 2) : refresh), ask);
  else if (document.hidden) stop("ask");
  else after("ask", pause(Math.max(SILENCE, 2 * refresh)), () => (listen(), ask()));
}

async function ask() {
  plan();
  try {
    const answer = await fetch(own("status"), {
      cache: "no-store",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout?.(15000),
    });
    if (entering) return;
    // Here is no ticket that the room knows, as where the line is closed: the door is asked again, by itself.
    if (answer.status === 404 && words.spare) return spare();
    if (answer.status === 404) return rest(), after("again", pause(refresh), again);
    const status = await answer.json();
    if (typeof status.state !== "string") throw new TypeError("no state");
    hear(status);
  } catch {
    // A broken stream alone says little: some networks cut every stream. A question without an answer says it.
    if (!entering && source?.readyState !== EventSource.OPEN) showLost();
  }
}

function mute() {
  source?.close();
  source = null;
  stop("listen");
}

function listen() {
  mute();
  if (entering || far || !("EventSource" in window)) return;
  source = new EventSource(`${own("events")}${words.query ? "&" : "?"}steps=1`);
  source.addEventListener("status", (event) => {
    attempt = 0;
    hear(JSON.parse(event.data));
  });
  source.addEventListener("step", (event) => {
    if (entering) return;
    alive();
    slide(() => showPlace(JSON.parse(event.data)));
  });
  source.addEventListener("alive", alive);
  source.addEventListener("admitted", enter);
  // The browser would reopen it by itself, but at a set pace, and all browsers at once.
  source.addEventListener("error", () => {
    mute();
    after("listen", Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt), listen);
    attempt += 1;
    after("ask", Math.random() * Math.min(refresh, SOON), ask);
  });
}

function rest() {
  mute();
  Object.keys(timers).forEach(stop);
}

function wake() {
  if (entering || holding || words.state === "left") return;
  attempt = 0;
  if (!source) listen();
  ask();
}
