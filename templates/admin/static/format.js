// Numbers and times as the pages say them; `words.py` says them the same way. Pure.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** 12,345, and 2.5; a dash for what is not known. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  return Number.isInteger(value) || Math.abs(value) >= 100 ? whole.format(value) : tenths.format(value);
}

/** A length of time by its two largest units: 45 s, 12 min, 1 h 20 min; a dash where it is not known. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const all = Math.max(Math.round(seconds), 0);
  if (all < 60) return `${all} s`;
  let minutes = Math.floor(all / 60);
  if (minutes < 10) return all % 60 ? `${minutes} min ${all % 60} s` : `${minutes} min`;
  minutes = Math.round(all / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(Math.round(all / 3600) / 24);
  const rest = Math.round(all / 3600) % 24;
  return rest ? `${days} d ${rest} h` : `${days} d`;
}

/** A text with its first letter a capital one. */
export function sentence(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : "";
}

/** By the name that `data-as` gives. */
export const as = { number, span, sentence, rounded: (value) => number(value == null ? null : Math.round(value)), text: (value) => value ?? "–" };

/** A number as somebody typed it: "1,200", "1 200", "1.5k", "2m"; NaN for what is none. */
export function typed(text) {
  const found = /^([0-9][0-9.,\s]*)(k|m)?$/i.exec(text.trim());
  if (!found) return NaN;
  let digits = found[1].replace(/\s/g, "");
  // a comma with three digits behind it parts thousands, any other is a decimal one
  digits = /,\d{1,2}$/.test(digits) && !digits.includes(".") ? digits.replace(",", ".") : digits.replace(/,/g, "");
  return Number(digits) * ({ k: 1000, m: 1000000 }[found[2]?.toLowerCase()] ?? 1);
}

/** The time of day in a zone, with seconds if wanted. */
export function clock(ms, { zone, seconds = false } = {}) {
  return new Date(ms).toLocaleTimeString("en-GB", {
    hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, timeZone: zone,
  });
}

/** The viewer's own zone. */
export const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A zone as it is said: "Europe/Riga" is Riga. */
export function place(zone) {
  return zone.split("/").pop().replaceAll("_", " ");
}

/** Whether two zones have the same time of day at a moment. */
export function sameTime(ms, one, two) {
  return clock(ms, { zone: one }) === clock(ms, { zone: two });
}

/** A moment in the viewer's zone, with the room's beside it where that is another: "10:32 Riga, 03:32 New York". */
export function inBoth(ms, zone) {
  const mine = `${moment(ms)} ${place(here)}`;
  return sameTime(ms, zone, here) ? mine : `${mine}, ${moment(ms, { zone })} ${place(zone)}`;
}

/** A moment: its time of day, with the date where that is another day than today. */
export function moment(ms, { zone = here } = {}) {
  const day = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: zone });
  return day(ms) === day(Date.now()) ? clock(ms, { zone }) : `${day(ms)}, ${clock(ms, { zone })}`;
}
