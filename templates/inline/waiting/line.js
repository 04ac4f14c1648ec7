// Whoever is far from the door follows the document of the line, which a cache serves to everybody alike, and asks the
// gateway itself only so often that they count as present. It is only part of the page where there is such a cache.

const NEAR = 180; // seconds to the door from which the page has a stream of its own
const FRONT = 500; // places to the door that are near while nobody can say how long it takes
const LOOK = 10; // seconds between two looks at the document

let last = JSON.parse(words.first);

function isFar({ state, position, eta_range: range }) {
  return state === "waiting" && (range ? range[0] > NEAR : !known(position) || position > FRONT);
}

far = isFar(last);
if (far) addEventListener("load", () => after("look", pause(LOOK), look));

measure = (status) => {
  last = status;
  far = isFar(status);
  if (far) mute(), after("look", pause(LOOK), look);
  else stop("look"), source || listen();
};

// How many stand before a turn, between two marks in a straight line.
function aheadOf(marks, turn) {
  const next = marks.findIndex(([mark]) => mark >= turn);
  const [to, most] = marks[next] ?? [0, NaN];
  const [from, least] = marks[next - 1] ?? [to, most];
  return Math.round(most - ((most - least) * (to - turn)) / (to - from || 1));
}

async function look() {
  // Hidden it sleeps: whoever looks again asks, and that wakes this.
  if (document.hidden) return;
  after("look", pause(LOOK), look);
  const address = `/__waitroom/${encodeURIComponent(words.room)}/line`;
  const answer = await fetch(address, { credentials: "omit" }).catch(() => {});
  // The gateway itself is asked soon, and what there is to say is said then.
  if (!answer?.ok) return;
  const { waiting, lanes } = await answer.json();
  const { called, drawn, marks } = lanes[last.lane];
  // The turns of those who were drawn only the gateway knows.
  if (entering || !far || !known(last.position) || last.number < drawn?.[0] + drawn?.[1]) return;
  if (last.number <= called) return ask();
  const position = aheadOf(marks, last.number) + 1;
  if (position) slide(() => show({ ...last, waiting, position }));
}
