// What this tab keeps: timers, one of a name, and what it remembers, which a browser may refuse.

const timers = {};
function stop(name) {
  clearTimeout(timers[name]);
}
function after(name, seconds, act) {
  stop(name);
  timers[name] = setTimeout(act, seconds * 1000);
}

// Spread out, so that those who lost the line together do not come back together.
const pause = (seconds) => seconds * (0.75 + Math.random() / 2);

function recall(key) {
  try {
    return sessionStorage.getItem(`waitroom:${words.room}:${key}`);
  } catch {
    return null;
  }
}
function remember(key, value) {
  try {
    sessionStorage.setItem(`waitroom:${words.room}:${key}`, value);
    return true;
  } catch {
    return false;
  }
}
