// What the console pushes: one connection, and the truth about how old it is.

import { toast } from "./console.js";

const SILENT_MS = 3500; // longer than three messages
const HUNG_MS = 15000;
const HIDDEN_MS = 60000;
const BACK_OFF = [500, 1000, 2000, 4000, 8000, 15000];

let asked = false;

/** The console was updated: these scripts may not understand what it says. */
function outdated() {
  if (asked) return;
  asked = true;
  toast("The console was updated", { seconds: 3600, action: { label: "Reload", run: () => location.reload() } });
}

/**
 * Follows a stream of messages: `on.message(data)` for each, and `on.state("live" | "lost" | "over", since)` when that
 * changes, with the moment (milliseconds) of the last message; once a second while it is lost. Tries again by itself, less
 * and less often. A page that nobody sees lets go of its connection after a while: a browser has only six for all of them.
 */
export function follow(url, on) {
  let source, retry, hide, tries = 0, heard = Date.now(), state = "live", over = false;

  function tell(now) {
    if (now !== state || now === "lost") on.state(now, heard);
    state = now;
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function open() {
    close();
    if (over) return;
    source = new EventSource(url);
    source.onmessage = (event) => {
      heard = Date.now();
      tries = 0;
      const news = JSON.parse(event.data);
      if (!import.meta.url.includes(news.build)) outdated();
      on.message(news);
      tell("live");
    };
    source.addEventListener("over", () => {
      over = true;
      close();
      tell("over");
    });
    source.onerror = () => {
      close();
      // not all at the same moment: after a restart of the console all its pages come back
      const pause = BACK_OFF[Math.min(tries++, BACK_OFF.length - 1)] * (0.75 + Math.random() / 2);
      retry = setTimeout(open, pause);
    };
  }

  setInterval(() => {
    if (over || document.hidden) return;
    if (Date.now() - heard > SILENT_MS) tell("lost");
    // a connection may hang without an error: the network went, and came back as another
    if (Date.now() - heard > HUNG_MS && source) open();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hide);
    if (document.hidden) hide = setTimeout(close, HIDDEN_MS);
    else if (!source) open();
  });
  addEventListener("online", open);
  open();
}
