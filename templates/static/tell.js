// Tells of the turn: by a notification and a sound, where somebody has allowed that by a press. The title of the tab
// changes in any case. The page of being told is shown within the page of the line; its form needs no script.

const { formats: lang, room, keep } = document.getElementById("line").dataset;
const KEY = `waitroom:${room}:tell`;
let wanted = recall();
let audio = null;
let worker = null;

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function remember() {
  try {
    if (wanted.notify || wanted.sound) sessionStorage.setItem(KEY, JSON.stringify(wanted));
    else sessionStorage.removeItem(KEY);
  } catch {
    // a browser may refuse: then it is asked for once more after a reload
  }
}

// ---- a short sound, two notes, made here: no file

function chime(level = 0.2) {
  audio ??= new AudioContext();
  audio.resume().then(() => {
    [659.26, 880].forEach((pitch, index) => {
      const [note, loud] = [audio.createOscillator(), audio.createGain()];
      const at = audio.currentTime + index * 0.18;
      note.frequency.value = pitch;
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(level, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
      note.connect(loud).connect(audio.destination);
      note.start(at);
      note.stop(at + 0.6);
    });
    // a context that runs costs battery
    setTimeout(() => audio.suspend(), 1500);
  });
}

// ---- notifications. Some phones show them only for a service worker, which does nothing else, and goes after it.

async function register(script) {
  const registration = await navigator.serviceWorker.register(script);
  const starting = registration.installing ?? registration.waiting;
  if (starting) await new Promise((done) => starting.addEventListener("statechange", () => starting.state === "activated" && done()));
  return registration;
}

async function notify(title, options) {
  if (worker) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.addEventListener("click", () => (window.focus(), shown.close()));
}

function needsWorker() {
  try {
    new Notification("", { silent: true }).close();
    return false;
  } catch {
    return true;
  }
}

function told() {
  worker?.getNotifications({ tag: room }).then((all) => all.forEach((each) => each.close()));
  worker?.unregister();
  worker = null;
}

// ---- the turn

addEventListener("turn", () => {
  if (wanted.sound) chime(0.4);
  if (!wanted.notify || Notification.permission !== "granted") return;
  const time = new Intl.DateTimeFormat(lang, { timeStyle: "short" }).format(Date.now() + (keep - 60) * 1000);
  const body = keep > 120 ? wanted.until.replace("{time}", time) : "";
  notify(wanted.turn, { body, tag: room, lang: document.documentElement.lang, dir: document.documentElement.dir }).catch(() => {});
});
document.addEventListener("visibilitychange", () => !document.hidden && told());
// a context that a reload has ended starts with the next press or key
if (wanted.sound) addEventListener("pointerdown", () => (audio ??= new AudioContext()), { once: true });
if (wanted.worker) register(wanted.worker).then((registration) => (worker = registration)).catch(() => {});

// ---- the panel

export async function open(link) {
  let html;
  try {
    html = await asked(link.href);
  } catch {
    location.href = link.href;
    return;
  }
  const place = document.createElement("div");
  place.tabIndex = -1;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", link.textContent);
  place.dataset.in = link.parentElement.dataset.in;
  link.parentElement.after(place);
  place.append(Object.assign(document.createElement("h2"), { textContent: link.textContent }), document.createElement("div"));
  fill(place, html);
  link.parentElement.remove();
  place.focus();
}

/** What the room says of it, as a page. */
async function asked(address, sent) {
  const page = new URL(address);
  page.searchParams.set("panel", "1");
  const answer = await fetch(page, { ...sent, headers: { Accept: "text/html" } });
  if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(`${answer.status}`);
  return answer.text();
}

/** Shows what the room says of it, and sends its forms without leaving the page. */
function fill(place, html) {
  const panel = new DOMParser().parseFromString(html, "text/html").getElementById("telling");
  place.lastChild.replaceWith(panel);
  for (const form of panel.querySelectorAll("form"))
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        fill(place, await asked(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }));
        place.focus();
      } catch {
        form.submit();
      }
    });
  here(panel.querySelector("[data-here]"));
}

/** The buttons for this browser. */
function here(part) {
  part.hidden = false;
  const { turn, until, worker: script, bare, denied, on } = part.dataset;
  const [bell, sound] = [part.querySelector("[data-notify]"), part.querySelector("[data-sound]")];
  const says = part.querySelector("[data-says]");
  const show = (text) => {
    bell.setAttribute("aria-pressed", String(Boolean(wanted.notify)));
    sound.setAttribute("aria-pressed", String(Boolean(wanted.sound)));
    says.textContent = text ?? (wanted.notify || wanted.sound ? on : "");
    remember();
  };
  const can = "Notification" in window && window.isSecureContext;
  bell.hidden = !can;
  sound.hidden = !("AudioContext" in window);
  bell.addEventListener("click", async () => {
    if (wanted.notify) {
      wanted = { sound: wanted.sound };
      told();
      return show();
    }
    if ((await Notification.requestPermission()) !== "granted") return show(denied);
    if (needsWorker()) {
      try {
        worker = await register(script);
        wanted.worker = script;
      } catch {
        return show(bare);
      }
    }
    Object.assign(wanted, { notify: true, turn, until });
    show();
  });
  sound.addEventListener("click", () => {
    wanted.sound = !wanted.sound;
    if (wanted.sound) chime();
    show();
  });
  show(can ? undefined : bare);
}
