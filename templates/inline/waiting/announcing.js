// What a screen reader says, and how often it says the place: the visitor chooses, and this browser remembers.

const PACE = "waitroom:pace";
const pace = part("pace"); // minutes; 0: only when it matters

let said = 0;
let told = Infinity; // the position that was said last

function announce(text) {
  said = Date.now();
  write("say", text);
}

// It matters when half of those ahead are gone; the states and the reasons are always said.
function announcePlace(position, range) {
  const minutes = Number(pace.value);
  if (minutes ? Date.now() - said <= minutes * 60000 : position > told / 2) return;
  told = position;
  announce(fill(words.say, { position: number(position), eta: eta(range) }));
}

try {
  pace.value = localStorage.getItem(PACE) ?? pace.value;
} catch {
  // a browser may refuse
}
pace.addEventListener("change", () => {
  try {
    localStorage.setItem(PACE, pace.value);
  } catch {
    // it holds for this page then
  }
});
