// What moves because something else comes or goes slides there, so that nobody loses the line that they read.

const slides = new Map();
const SLIDE = { duration: 300, easing: "ease" };
const JUMP = { duration: 100, easing: "step-end" }; // for who wants no motion
const still = matchMedia("(prefers-reduced-motion: reduce)");

function slide(change) {
  if (document.hidden) return change();
  const tops = () =>
    Array.from(line.querySelectorAll(":scope > *, .kept > *"), (element) => [
      element,
      element.getClientRects()[0]?.top,
    ]);
  const before = new Map(tops());
  change();
  for (const each of slides.values()) each.cancel();
  slides.clear();
  const gone = new Map();
  for (const [element, top] of tops()) {
    const by = before.get(element) - top || 0;
    gone.set(element, by);
    const left = by - (gone.get(element.parentNode) ?? 0);
    if (Math.abs(left) < 1) continue;
    const from = { transform: `translateY(${left}px)` };
    slides.set(element, element.animate([from, {}], still.matches ? JUMP : SLIDE));
  }
}
