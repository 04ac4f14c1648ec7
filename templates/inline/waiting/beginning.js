// What the page begins with, and what wakes it.

line.toggleAttribute("data-live", true);
write("checked", clock.format(heard));
const { at, left } = part("opens").dataset;
if (at) showOpening({ opens_at: at, opens_in: Number(left) });
showBack(Number(words.back));
if (words.state === "resting") remind(Number(words.back));
said = Date.now();
const shown = Number(part("position").dataset.position);
if (shown) {
  told = shown;
  write("position", number(held(shown)));
  showProgress(held(shown));
}

function begin() {
  // The answer's Refresh header serves those without this script. Here it is called off, like every load under way,
  // which is why nothing is opened before.
  window.stop();
  if (words.spare && !navigator.cookieEnabled) return spare();
  if (words.state === "called") after("enter", pause(refresh), enter);
  listen();
  plan();
  if (tell && recall("tell")) load();
}

// A preview of the page is still: nobody waits at it.
if (!("still" in words)) {
  addEventListener("load", begin);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop("remind");
    if (holding) document.hidden || again();
    else document.hidden ? plan() : wake();
  });
  addEventListener("online", wake);
  addEventListener("offline", showLost);
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => event.persisted && ((entering = false), wake()));
}
