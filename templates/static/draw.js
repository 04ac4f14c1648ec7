// Recomputes a draw in the visitor's browser: docs/draw.md says how it goes, waitroom/line/draw does the same in Python.
// Below the page's own part begins; it only fills in numbers and times, all words come from the page.

const ROUNDS = 24;
const encoder = new TextEncoder();

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const lines = (...parts) => encoder.encode(parts.map((part) => `${part}\n`).join(""));

/** The commitment to a seed, all in hexadecimal digits. */
export async function commitmentOf(seed) {
  return hex(await sha256(lines("waitroom draw 1 commitment", seed)));
}

/** The key that follows from the other members of a record. */
export async function keyOf({ seed, digest, room, event, lane, first, count }) {
  return hex(await sha256(lines("waitroom draw 1 key", seed, digest, room, event, lane, first, count)));
}

/** The turn of a ticket number: a generalised Feistel network with cycle walking (Black and Rogaway 2002). */
export async function turnOf({ key, first, count }, number) {
  let place = number - first;
  if (!(place >= 0 && place < count)) return number;
  const width = Math.ceil(Math.sqrt(count));
  const height = Math.ceil(count / width);
  const block = new Uint8Array(41); // key, round, half
  const view = new DataView(block.buffer);
  block.set(unhex(key));
  const added = async (round, half, modulus) => {
    view.setUint8(32, round);
    view.setBigUint64(33, BigInt(half));
    const digest = await sha256(block);
    return Number(new DataView(digest.buffer).getBigUint64(0) % BigInt(modulus));
  };
  do {
    let x = place % width;
    let y = Math.floor(place / width);
    for (let round = 0; round < ROUNDS; round += 2) {
      x = (x + (await added(round, y, width))) % width;
      y = (y + (await added(round + 1, x, height))) % height;
    }
    place = y * width + x;
  } while (place >= count);
  return first + place;
}

const isHex = (text, digits) => typeof text === "string" && text.length === digits && /^[0-9a-f]*$/.test(text);
const isCount = (value, least, most) => Number.isSafeInteger(value) && value >= least && value <= most;

/**
 * Checks a record, and the place of a ticket number in it.
 *
 * `noted` is the commitment as it was seen before the opening, if it was. Returns `checks`, each "right", "wrong" or
 * "unknown", and the `place`, from 1, or null where the number was not drawn. Throws where the record is malformed.
 */
export async function check(record, number, noted) {
  const { version, key, seed, digest, commitment, first, count } = record;
  const wellFormed =
    version === 1 &&
    isHex(key, 64) && isHex(seed, 64) && isHex(commitment, 64) && isHex(digest, 40) &&
    isCount(count, 0, 2 ** 32) && isCount(first, 1, Number.MAX_SAFE_INTEGER - count) &&
    [record.room, record.event, record.lane].every((text) => typeof text === "string" && !text.includes("\n"));
  if (!wellFormed) throw new TypeError("no record of a draw");
  const drawn = number >= first && number < first + count;
  const right = (is) => (is ? "right" : "wrong");
  return {
    checks: {
      commitment: right((await commitmentOf(seed)) === commitment),
      key: right((await keyOf(record)) === key),
      noted: noted ? right(noted === commitment) : "unknown",
    },
    place: drawn ? (await turnOf(record, number)) - first + 1 : null,
  };
}

// ---- the page

const part = (id) => document.getElementById(id);

function begin(page) {
  const { room, lane } = page.dataset;
  const lang = page.dataset.formats;
  const digits = new Intl.NumberFormat(lang, { useGrouping: true });
  const clock = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "long" });

  for (const time of page.querySelectorAll("time")) time.textContent = clock.format(new Date(time.dateTime));

  // What this browser saw before the opening; it may refuse to keep it.
  const slot = (event, ofLane) => `waitroom:draw:${JSON.stringify([room, event, ofLane])}`;
  function recall(event, ofLane) {
    try {
      return localStorage.getItem(slot(event, ofLane));
    } catch {
      return null;
    }
  }
  const seal = page.querySelector(".seal");
  if (seal) {
    const { event } = seal.dataset;
    const shown = part("seal").textContent;
    try {
      if (!recall(event, lane)) localStorage.setItem(slot(event, lane), shown);
    } catch {
      // then the page goes on asking for a note
    }
    const kept = recall(event, lane);
    part("note").hidden = kept === shown;
    part("kept").hidden = kept !== shown;
    part("changed").hidden = !kept || kept === shown;
  }

  const form = part("ask");
  if (!form) return;
  // Without SubtleCrypto the form is sent, and the gateway works the place out.
  if (!globalThis.crypto?.subtle) {
    part("insecure").hidden = false;
    return;
  }
  const asked = () => form.lane?.value ?? lane;

  function show({ checks, place }, number) {
    // What the gateway said of this ticket, with the page.
    const wasTold = form.dataset.number === String(number) && asked() === lane;
    const differs = wasTold && form.dataset.place !== String(place ?? "");
    const shown = { ...checks, place: differs ? "wrong" : "right" };
    const isProper = checks.commitment === "right" && checks.key === "right";
    for (const item of part("checks").children) {
      item.dataset.is = shown[item.dataset.check];
      item.hidden = item.dataset.check === "place" && !isProper && !differs;
    }
    const text = place === null ? "–" : digits.format(place);
    part("place").textContent = text;
    part("place").toggleAttribute("data-long", text.length > 6);
    part("drawn").hidden = place === null;
    part("behind").hidden = place !== null;
    part("checks").hidden = false;
  }

  form.addEventListener("submit", async (submission) => {
    submission.preventDefault();
    part("failed").hidden = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "application/json" } });
      const { held } = await answer.json();
      const record = held.find((each) => each.lane === asked());
      const number = Number(form.number.value);
      show(await check(record, number, recall(record.event, record.lane)), number);
    } catch {
      part("checks").hidden = true;
      part("failed").hidden = false;
    }
  });
}

const page = part("draw");
if (page) begin(page);
