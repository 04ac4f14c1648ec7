// What the console pushes: one connection, and the truth about how old it is.

const SILENT_MS = 3500; // longer than three messages
const BACK_OFF = [1000, 2000, 4000, 8000, 15000];

/**
 * Follows a stream of messages: `on.message(data)` for each, `on.state("live" | "lost" | "over", sinceMs)` when that
 * changes, and once a second while it is lost. Tries again by itself, less and less often.
 */
export function follow(url, on) {
  let source, retry, tries = 0, heard = Date.now(), state = "";

  function tell(now) {
    if (now !== state || now === "lost") on.state(now, heard);
    state = now;
  }

  function open() {
    clearTimeout(retry);
    source?.close();
    source = new EventSource(url);
    source.onmessage = (event) => {
      heard = Date.now();
      tries = 0;
      on.message(JSON.parse(event.data));
      tell("live");
    };
    source.addEventListener("over", () => {
      source.close();
      clearInterval(watch);
      tell("over");
    });
    source.onerror = () => {
      source.close();
      // not all at the same moment: after a restart of the console all its pages come back
      const pause = BACK_OFF[Math.min(tries++, BACK_OFF.length - 1)] * (0.75 + Math.random() / 2);
      clearTimeout(retry);
      retry = setTimeout(open, pause);
    };
  }

  const watch = setInterval(() => {
    if (Date.now() - heard > SILENT_MS) tell("lost");
    // the connection may hang without an error: the network went, and came back as another
    if (Date.now() - heard > 20000 && source.readyState === EventSource.OPEN) open();
  }, 1000);
  addEventListener("online", open);
  open();
}
