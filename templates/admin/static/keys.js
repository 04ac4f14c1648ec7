// Single keys, for those who keep their hands on the keyboard. They do nothing while somebody types or is asked something.

const keys = new Map();

/** Runs `act` when this key is pressed alone, outside of fields and dialogs. */
export function onKey(key, act) {
  keys.set(key, act);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
  const at = event.target;
  if (at.closest?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") at.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const act = keys.get(event.key);
  if (act) {
    event.preventDefault();
    act();
  }
});
