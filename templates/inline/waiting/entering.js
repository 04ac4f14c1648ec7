// The way into the shop, or to a new page of the line.

const LOOP = 10; // seconds; more than two entries this close to each other are a loop

let entering = false;

function address() {
  const target = new URL(words.target, location.origin);
  return target.origin === location.origin ? target.href : location.origin;
}

function enter() {
  if (entering) return;
  slide(() => showState("called"));
  // Without a cookie nobody can enter: what there is to do is said on the page.
  if (words.query) return rest();
  document.title = fill(words.titleTurn, { name: words.name });
  if (!document.hidden || !hold()) again();
}

// The turn comes while nobody looks: a visit would begin, and run out, unseen. So the door is held, which costs nobody
// anything, until somebody looks, or until it would soon be shut: then a visit is better than a lost place. Once for a
// place, since whoever lets their turn go by twice loses it. See docs/being-told.md.
let holding = false;

function hold() {
  // tell.js hears it
  dispatchEvent(new Event("turn"));
  const seconds = words.keep * 0.75 - 30;
  holding = seconds > 0 && recall("held") !== words.code && remember("held", words.code);
  rest();
  if (holding) after("again", seconds, again);
  return holding;
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
  holding = false;
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
