// Numbers and times as the visitor's language writes them.

const digits = new Intl.NumberFormat(lang, { useGrouping: true });
const plain = new Intl.NumberFormat(lang, { useGrouping: false });
const pair = new Intl.NumberFormat(lang, { minimumIntegerDigits: 2 });
const clock = new Intl.DateTimeFormat(lang, { timeStyle: "medium" });
const hour = new Intl.DateTimeFormat(lang, { timeStyle: "short" });
const moment = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });

const number = (value) => (known(value) ? digits.format(value) : "–");

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

function countdown(seconds) {
  const [days, rest] = [Math.floor(seconds / 86400), seconds % 86400];
  const [h, m, s] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(pair.format);
  // two days ahead nobody counts seconds
  return days ? fill(words.days, { d: digits.format(days), h }) : rest < 3600 ? `${m}:${s}` : `${h}:${m}:${s}`;
}
