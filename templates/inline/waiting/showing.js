// What the line tells, written into the page.

const REMIND = 120; // seconds before the time to be back
const OTHERS_BACK = "others back"; // the reason that only who remembers the number can tell

const reasons = JSON.parse(words.reasons);
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
  "sold-out": "soldout",
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

// Who lets others pass is reminded in time to come back, or to ask for more time.
function remind(seconds) {
  const text = document.querySelector("#heading > :not([hidden]) p");
  if (seconds > REMIND && !document.hidden) after("remind", seconds - REMIND, () => announce(text.textContent));
  else stop("remind");
}

// By the visitor's own clock, which is the one they look at; a minute early rather than late.
function showBack(seconds) {
  const at = hour.format(new Date(Date.now() + seconds * 1000));
  for (const time of document.querySelectorAll(".back")) if (time.textContent !== at) time.textContent = at;
}

function show(status) {
  if (status.code && status.code !== words.code) words.code = status.code;
  showState(shownAs(status));
  showOpening(status);
  showBack(status.rests_in ?? Number(words.most));
  remind(status.rests_in ?? 0);
  write("message-text", status.message ?? "");
  part("message-text").lang = status.message_language ?? document.documentElement.lang;
  part("message").hidden = !status.message;
  showPlace(status);
}

function showPlace(status) {
  const { waiting } = status;
  const position = known(status.position) ? held(status.position) : status.position;
  document.title = fill(
    words.state === "called" ? words.titleTurn : known(position) ? words.titlePlace : words.title,
    { position: number(position), name: words.name },
  );
  write("position", number(position));
  part("position").toggleAttribute("data-long", number(position).length > 6);
  write("eta", eta(status.eta_range));
  write("waiting", number(waiting));
  write("behind", number(known(position) && known(waiting) ? Math.max(0, waiting - status.position) : null));
  showReason(status.eta_reason ?? (position < status.position ? OTHERS_BACK : null));
  if (!known(position)) return;
  showProgress(position);
  announcePlace(position, status.eta_range);
}
