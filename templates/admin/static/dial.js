// A dial: an arc with a knob, a field in its middle, and steps beside it. All three set the same value.

import { number, typed } from "./format.js";

const FROM = 135, SWEEP = 270, CENTRE = 100, RADIUS = 84, INNER = 70;

/** The next round number from `value` on, out of these with zeros behind. */
export function nice(value, round = [1, 2, 5, 10]) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return power * round.find((each) => each * power >= value);
}

/** The end of the scale, for a value in use: so that it stands about in the middle, and there is room to turn. */
export function scaleFor(...values) {
  return nice(Math.max(...values, 5) * 1.6, [1, 1.5, 2, 3, 4, 5, 6, 8, 10]);
}

function point(share, radius) {
  const angle = ((FROM + SWEEP * Math.min(Math.max(share, 0), 1)) * Math.PI) / 180;
  return [CENTRE + radius * Math.cos(angle), CENTRE + radius * Math.sin(angle)];
}

function arc(share, radius) {
  if (share <= 0) return "";
  const [x, y] = point(0, radius), [toX, toY] = point(share, radius);
  return `M${x.toFixed(1)} ${y.toFixed(1)}A${radius} ${radius} 0 ${share * SWEEP > 180 ? 1 : 0} 1 ${toX.toFixed(1)} ${toY.toFixed(1)}`;
}

/**
 * `set(value)` of the page: `live` is what holds now, `value` what is chosen. A dial with `none` may have no value at all
 * (0), which its turning never gives: what turns a cap down must not end in no cap.
 */
export class Dial {
  constructor(root, { least = 0, most = 1e6, none = false, onChange }) {
    Object.assign(this, { root, least, most, none, onChange });
    this.face = root.querySelector(".dial-face");
    this.field = root.querySelector("input");
    this.value = this.live = Number(root.dataset.value);
    this.measured = null;
    this.end = scaleFor(this.value);
    this.enabled = true;
    this.draw();
    this.face.addEventListener("pointerdown", (event) => this.grab(event));
    this.face.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.type());
    this.field.addEventListener("blur", () => { this.wrong(""); this.write(); });
    this.field.addEventListener("focus", () => this.field.select());
    for (const button of root.querySelectorAll("[data-step]"))
      button.addEventListener("click", () => this.choose(this.stepped(Number(button.dataset.step))));
    root.querySelector("button[data-none]")?.addEventListener("click", () => this.choose(0));
  }

  get changed() { return this.value !== this.live; }

  get step() { return Math.max(nice(this.end / 120), 1); }

  stepped(times) {
    const from = this.value || (this.none ? this.end / 2 : 0);
    const to = Math.round(from / this.step + times) * this.step;
    return Math.min(Math.max(to, this.none ? 1 : this.least), this.most);
  }

  enable(enabled) {
    this.enabled = enabled;
    this.root.setAttribute("aria-disabled", String(!enabled));
    this.face.setAttribute("aria-disabled", String(!enabled));
    for (const each of this.root.querySelectorAll("input, button")) each.disabled = !enabled;
  }

  /** What holds now, and what is measured. A value that somebody is choosing stays. */
  follow(live, measured) {
    const kept = this.changed && this.value !== live;
    this.measured = measured;
    if (!kept && !this.dragging) this.value = live;
    if (this.live !== live) {
      this.live = live;
      if (!kept) this.end = scaleFor(live);
    }
    // without a cap the scale is that of those who are inside
    if (live > this.end || (!live && measured > this.end)) this.end = scaleFor(live, measured);
    this.draw();
  }

  /** Takes a value that somebody chose. */
  choose(value) {
    if (!this.enabled) return;
    this.value = value;
    if (value > this.end) this.end = scaleFor(value);
    this.draw();
    this.onChange(this);
  }

  reset() {
    this.value = this.live;
    this.end = scaleFor(this.live);
    this.wrong("");
    this.draw();
    this.write();
  }

  type() {
    if (this.none && this.field.value.trim() === "") { this.wrong(""); this.choose(0); return; }
    const value = typed(this.field.value);
    const least = this.none ? 1 : this.least;
    if (!(value >= least && value <= this.most)) {
      // what was a number a letter ago is not what is meant
      this.choose(this.live);
      this.wrong(`A number from ${number(least)} to ${number(this.most)}`);
      return;
    }
    this.wrong("");
    this.choose(this.none ? Math.round(value) : Math.round(value * 100) / 100);
  }

  wrong(text) {
    this.field.setCustomValidity(text);
    this.field.toggleAttribute("aria-invalid", Boolean(text));
    if (text) { this.field.setAttribute("aria-invalid", "true"); this.field.reportValidity(); }
  }

  key(event) {
    const inField = event.target === this.field;
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
    if (inField && ["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    if (event.key in steps) {
      event.preventDefault();
      this.choose(this.stepped(steps[event.key]));
      this.write();
    } else if (!inField && event.key === "Home") {
      event.preventDefault();
      this.choose(this.none ? 1 : this.least);
    } else if (!inField && event.key === "End") {
      event.preventDefault();
      this.choose(this.end);
    } else if (!inField && event.key === "Enter") {
      this.root.closest("form").requestSubmit();
    } else if (!inField && /^[0-9]$/.test(event.key) && this.enabled) {
      // typing on the dial goes into its field
      this.field.value = "";
      this.field.focus();
    }
  }

  grab(event) {
    if (!this.enabled || event.button !== 0) return;
    event.preventDefault();
    this.face.focus();
    this.face.setPointerCapture(event.pointerId);
    this.dragging = true;
    const turn = (at) => {
      const box = this.face.getBoundingClientRect();
      const unit = box.width / 200;
      const angle = (Math.atan2(at.clientY - box.top - CENTRE * unit, at.clientX - box.left - CENTRE * unit) * 180) / Math.PI;
      let share = (((angle - FROM) % 360) + 360) % 360 / SWEEP;
      // within the gap at the bottom the nearer end holds, and the knob does not jump across it
      if (share > 1) share = share > (360 / SWEEP + 1) / 2 ? 0 : 1;
      const now = this.value / this.end;
      if (this.turning && Math.abs(share - now) > 0.6) return;
      this.turning = true;
      const value = Math.round((share * this.end) / this.step) * this.step;
      this.choose(Math.min(Math.max(value, this.none ? 1 : this.least), this.most));
    };
    const away = new AbortController();
    turn(event);
    this.face.addEventListener("pointermove", turn, { signal: away.signal });
    for (const end of ["pointerup", "pointercancel"])
      this.face.addEventListener(end, () => {
        this.dragging = this.turning = false;
        away.abort();
      }, { signal: away.signal });
  }

  write() {
    const text = this.none && !this.value ? "" : number(this.value);
    if (this.field.value !== text) this.field.value = text;
    this.field.toggleAttribute("data-long", text.length > 6);
  }

  draw() {
    const { value, live, end, measured } = this;
    const nothing = this.none && !value;
    this.root.toggleAttribute("data-changed", this.changed);
    this.root.toggleAttribute("data-none", nothing);
    this.set(".dial-value", "d", nothing ? "" : arc(value / end, RADIUS));
    this.set(".dial-measured", "d", measured ? arc(Math.min(measured / end, 1), INNER) : "");
    const [outerX, outerY] = point(live / end, RADIUS + 11), [innerX, innerY] = point(live / end, RADIUS - 9);
    const ghost = this.changed && live ? `M${outerX.toFixed(1)} ${outerY.toFixed(1)}L${innerX.toFixed(1)} ${innerY.toFixed(1)}` : "";
    this.set(".dial-ghost", "d", ghost);
    const [x, y] = point(value / end, RADIUS);
    this.set(".dial-knob", "visibility", nothing ? "hidden" : "visible");
    this.set(".dial-knob", "cx", x.toFixed(1));
    this.set(".dial-knob", "cy", y.toFixed(1));
    if (this.drawnEnd !== end) this.scale(end);
    this.face.setAttribute("aria-valuemin", String(this.none ? 1 : this.least));
    this.face.setAttribute("aria-valuemax", String(end));
    this.face.setAttribute("aria-valuenow", String(value));
    this.face.setAttribute("aria-valuetext", nothing ? "no cap" : number(value) + (this.changed ? `, ${number(live)} is set` : ""));
    if (document.activeElement !== this.field) this.write();
    const note = this.root.querySelector("[data-dial-measured]");
    const said = measured === null ? "–" : number(measured);
    if (note.textContent !== said) note.textContent = said;
  }

  set(selector, name, value) {
    this.root.querySelector(selector).setAttribute(name, value);
  }

  scale(end) {
    this.drawnEnd = end;
    const ticks = Array.from({ length: 51 }, (_, index) => {
      const [x, y] = point(index / 50, RADIUS + 10), [toX, toY] = point(index / 50, RADIUS + (index % 5 ? 12 : 15));
      return `<path d="M${x.toFixed(1)} ${y.toFixed(1)}L${toX.toFixed(1)} ${toY.toFixed(1)}"/>`;
    });
    this.root.querySelector(".dial-ticks").innerHTML = ticks.join("");
    const [from, to] = this.root.querySelectorAll(".dial-end");
    from.textContent = this.none ? "1" : number(this.least);
    to.textContent = number(end);
  }
}
