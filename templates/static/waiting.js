// Keeps the waiting page true while it is open. The page is whole without this script: it only writes numbers, times
// and states into it, all words come from the page.
"use strict";

(() => {
  const line = document.getElementById("line");
  const words = line.dataset;
  const lang = words.formats;
  // Where the browser keeps no cookies, the query carries the ticket, as the address of the page does.
  const own = (action) => `/__waitroom/${encodeURIComponent(words.room)}/${action}${words.query}`;
  const part = (id) => document.getElementById(id);

  const CALM = 60; // seconds between two announcements of a number
  const SILENCE = 45; // seconds after which an open stream may be a dead one; the gateway speaks three times in it
  const LONGEST_PAUSE = 30; // seconds between two attempts to open the stream
  const SOON = 10; // seconds until the question at the latest, when the stream breaks
  const LOOP = 10; // seconds; more than two entries this close to each other are a loop

  const OTHERS_BACK = "others back"; // the reason that only who remembers the number can tell

  const reasons = JSON.parse(words.reasons);
  let refresh = Number(words.refresh);
  let source = null;
  let attempt = 0; // to open the stream, since it last spoke
  let heard = new Date();
  let said = 0;
  let entering = false;

  // ---- words, numbers, times

  const digits = new Intl.NumberFormat(lang, { useGrouping: true });
  const plain = new Intl.NumberFormat(lang, { useGrouping: false });
  const clock = new Intl.DateTimeFormat(lang, { timeStyle: "medium" });
  const known = (number) => typeof number === "number";
  const number = (value) => (known(value) ? digits.format(value) : "–");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (slot, name) => values[name] ?? slot);

  function write(id, text) {
    if (part(id).textContent !== text) part(id).textContent = text;
  }

  function minutes(all) {
    const [h, m] = [Math.floor(all / 60), all % 60];
    return fill(!h ? words.minutes : m ? words.hoursMinutes : words.hours, { h: plain.format(h), m: plain.format(m) });
  }

  // The same rounding as Texts.eta on the server.
  function eta(range) {
    if (!range) return words.etaUnknown;
    let high = Math.max(1, Math.ceil(range[1] / 60));
    const step = high > 120 ? 15 : high > 30 ? 5 : 1;
    high = Math.ceil(high / step) * step;
    const low = Math.floor(range[0] / 60 / step) * step;
    if (low <= 0) return fill(words.etaUnder, { high: minutes(high) });
    if (low >= high) return fill(words.etaAbout, { high: minutes(high) });
    if (high < 60) return fill(words.etaBetweenMinutes, { low: plain.format(low), high: plain.format(high) });
    return fill(words.etaBetween, { low: minutes(low), high: minutes(high) });
  }

  const moment = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const pair = new Intl.NumberFormat(lang, { minimumIntegerDigits: 2 });

  function countdown(seconds) {
    const [days, rest] = [Math.floor(seconds / 86400), seconds % 86400];
    const [h, m, s] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(pair.format);
    // two days ahead nobody counts seconds
    return days ? fill(words.days, { d: digits.format(days), h }) : rest < 3600 ? `${m}:${s}` : `${h}:${m}:${s}`;
  }

  // ---- timers, one of a name

  const timers = {};
  function stop(name) {
    clearTimeout(timers[name]);
  }
  function after(name, seconds, act) {
    stop(name);
    timers[name] = setTimeout(act, seconds * 1000);
  }

  // ---- what this tab remembers; a browser may refuse

  function recall(key) {
    try {
      return sessionStorage.getItem(`waitroom:${words.room}:${key}`);
    } catch {
      return null;
    }
  }
  function remember(key, value) {
    try {
      sessionStorage.setItem(`waitroom:${words.room}:${key}`, value);
      return true;
    } catch {
      return false;
    }
  }

  // ---- showing

  function announce(text) {
    said = Date.now();
    write("say", text);
  }

  // The lowest number that was shown with this ticket: what is shown never goes up.
  function held(position) {
    const [code, lowest] = (recall("lowest") ?? "").split(" ");
    const shown = code === words.code ? Math.min(Number(lowest), position) : position;
    remember("lowest", `${words.code} ${shown}`);
    return shown;
  }

  function showReason(reason) {
    const why = reasons[reason] ?? "";
    if (why && part("why").textContent !== why) announce(why);
    write("why", why);
    part("why").hidden = !why;
  }

  function showProgress(position) {
    const [code, first] = (recall("first") ?? "").split(" ");
    const from = code === words.code ? Math.max(Number(first), position) : position;
    remember("first", `${words.code} ${from}`);
    part("progress").max = from;
    part("progress").value = from - position;
    write("first", number(from));
  }

  // The states that the page shows apart though the line calls them all "waiting": by their notice.
  const NOTICES = {
    paused: "paused",
    late: "called",
    "before-opening": "soon",
    resting: "resting",
    missed: "expired",
    restarted: "restarted",
    unavailable: "unavailable",
  };
  const NEW_PLACE = ["expired", "restarted"];

  function shownAs({ state, notice }) {
    if (notice === "moved") return notice;
    if (state !== "waiting") return state;
    // Why a place is new stays said, until something else is to be said.
    return NOTICES[notice] ?? (NEW_PLACE.includes(words.state) ? words.state : state);
  }

  function showState(state) {
    if (words.state === state) return;
    words.state = state;
    for (const element of document.querySelectorAll("[data-in]")) {
      element.hidden = !element.dataset.in.split(" ").includes(state);
    }
    const heading = document.querySelector("#heading > :not([hidden])");
    if (heading) announce(`${heading.children[0].textContent}. ${heading.children[1].textContent}`);
  }

  // The visitor's clock may be wrong: what counts is how long the gateway says that it still is.
  function showOpening({ opens_at: opens, opens_in: left }) {
    part("opening").hidden = !opens || !["soon", "closed"].includes(words.state);
    if (part("opening").hidden) return stop("opening");
    write("opens", moment.format(Date.parse(opens)));
    const ends = performance.now() + left * 1000;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      part("countdown").hidden = false;
      write("countdown", countdown(seconds));
      if (!document.hidden && seconds) after("opening", 1, tick);
    };
    tick();
  }

  // By the visitor's own clock, which is the one they look at; a minute early rather than late.
  const hour = new Intl.DateTimeFormat(lang, { timeStyle: "short" });
  function showBack(seconds) {
    const at = hour.format(new Date(Date.now() + seconds * 1000));
    for (const time of document.querySelectorAll(".back")) if (time.textContent !== at) time.textContent = at;
  }

  function show(status) {
    const { waiting, message } = status;
    if (status.code && status.code !== words.code) words.code = status.code;
    const position = known(status.position) ? held(status.position) : status.position;
    showState(shownAs(status));
    showOpening(status);
    showBack(status.rests_in ?? Number(words.most));
    document.title = fill(
      words.state === "called" ? words.titleTurn : known(position) ? words.titlePlace : words.title,
      { position: number(position), name: words.name },
    );
    write("position", number(position));
    part("position").toggleAttribute("data-long", number(position).length > 6);
    write("eta", eta(status.eta_range));
    write("waiting", number(waiting));
    write("behind", number(known(position) && known(waiting) ? Math.max(0, waiting - status.position) : null));
    write("message-text", message ?? "");
    part("message-text").lang = status.message_language ?? document.documentElement.lang;
    part("message").hidden = !message;
    showReason(status.eta_reason ?? (position < status.position ? OTHERS_BACK : null));
    if (!known(position)) return;
    showProgress(position);
    if (Date.now() - said > CALM * 1000) {
      announce(fill(words.say, { position: number(position), eta: eta(status.eta_range) }));
    }
  }

  // ---- hearing

  function alive() {
    heard = new Date();
    write("checked", clock.format(heard));
    if (!part("lost").hidden) announce(words.sayBack);
    part("lost").hidden = true;
    plan();
  }

  function hear(status) {
    if (entering) return;
    alive();
    if (status.refresh_after > 0) refresh = status.refresh_after;
    if (status.state === "admitted") return enter();
    // The ticket is of an earlier life of the line: at the door it is exchanged for a new place.
    if (status.notice === "restarted" && !known(status.position)) return after("again", Math.random() * refresh, again);
    show(status);
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

  // ---- asking

  // Spread out, so that those who lost the line together do not come back together.
  const pause = (seconds) => seconds * (0.75 + Math.random() / 2);

  function plan() {
    stop("again");
    if (!source) after("ask", pause(document.hidden ? Math.max(refresh, words.presence / 2) : refresh), ask);
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
    if (entering || !("EventSource" in window)) return;
    source = new EventSource(own("events"));
    source.addEventListener("status", (event) => {
      attempt = 0;
      hear(JSON.parse(event.data));
    });
    source.addEventListener("alive", alive);
    source.addEventListener("admitted", enter);
    // The browser would reopen it by itself, but at a set pace, and all browsers at once.
    source.addEventListener("error", () => {
      mute();
      after("listen", Math.random() * Math.min(LONGEST_PAUSE, 2 ** attempt), listen);
      attempt += 1;
      after("ask", Math.random() * Math.min(refresh, SOON), ask);
    });
  }

  function rest() {
    mute();
    Object.keys(timers).forEach(stop);
  }

  function wake() {
    if (entering || words.state === "left") return;
    attempt = 0;
    if (!source) listen();
    ask();
  }

  // ---- taking along

  // The code is made when somebody wants it. Where that fails, the form does what it does without a script.
  part("offer")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      const { qr, code, seconds } = await answer.json();
      const along = part("along");
      along.querySelector("img").src = qr;
      along.querySelector("code").textContent = code;
      along.hidden = false;
      after("along", seconds, () => (along.hidden = true));
    } catch {
      form.submit();
    }
  });

  // ---- entering

  function address() {
    const target = new URL(words.target, location.origin);
    return target.origin === location.origin ? target.href : location.origin;
  }

  function enter() {
    if (entering) return;
    showState("called");
    // Without a cookie nobody can enter: what there is to do is said on the page.
    if (words.query) return rest();
    document.title = fill(words.titleTurn, { name: words.name });
    again();
  }

  // This browser keeps no cookies: the place goes on at the address that carries it.
  function spare() {
    entering = true;
    rest();
    location.replace(words.spare);
  }

  // Asks for this address anew: the shop is there, or a new page of the line.
  function again() {
    entering = true;
    rest();
    const [count, last] = (recall("entries") ?? "0 0").split(" ").map(Number);
    const entries = Math.abs(Date.now() - last) < LOOP * 1000 ? count + 1 : 1;
    let delay = entries > 2 ? pause(Math.min(60, 2 ** entries)) : 0;
    // Without a memory a loop could not be seen: then every entry is slow.
    if (!remember("entries", `${entries} ${Date.now() + delay * 1000}`)) delay = pause(5);
    after("again", delay, () => {
      // A replace to an address with a fragment would only scroll.
      if (location.hash) location.reload();
      else location.replace(address());
      // Where the answer is a download, this page stays.
      after("again", 30, () => ((entering = false), wake()));
    });
  }

  // ---- beginning

  line.toggleAttribute("data-live", true);
  write("checked", clock.format(heard));
  const { dateTime, dataset } = part("opens");
  if (dateTime) showOpening({ opens_at: dateTime, opens_in: Number(dataset.left) });
  showBack(Number(words.back));
  said = Date.now();
  const shown = Number(part("position").dataset.position);
  if (shown) {
    write("position", number(held(shown)));
    showProgress(held(shown));
  }
  // A preview of the page: nobody waits here.
  if ("still" in words) return;
  addEventListener("load", () => {
    // The answer's Refresh header serves those without this script. Here it is called off, like every load under way,
    // which is why nothing is opened before.
    window.stop();
    if (words.spare && !navigator.cookieEnabled) return spare();
    if (words.state === "called") after("enter", pause(refresh), enter);
    listen();
    plan();
  });

  document.addEventListener("visibilitychange", () => (document.hidden ? plan() : wake()));
  addEventListener("online", wake);
  addEventListener("offline", showLost);
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => event.persisted && ((entering = false), wake()));
})();
