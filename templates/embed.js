// Shows the wait over a page of the shop one of whose calls was held, and says when it may go on (docs/apps.md).
// Words and style come from embed.json, once somebody waits.
(() => {
  const { src, dataset } = document.currentScript;
  const home = new URL("/", src).href;
  const retry = "retry" in dataset;

  // ---- calls of the page

  const { fetch } = window;
  window.fetch = async (...call) => {
    const kept = retry && new Request(...call);
    for (;;) {
      const answer = await (kept ? fetch(kept.clone()) : fetch(...call));
      const room = answer.url.startsWith(home) && answer.headers.get("waitroom-room");
      if (!room) return answer;
      const entered = wait(room);
      if (!kept || !(await entered)) return answer;
    }
  };

  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    const look = () => {
      const room = /^waitroom-room: (\S+)/im.exec(this.getAllResponseHeaders());
      if (room && this.responseURL.startsWith(home)) wait(room[1]);
    };
    this.addEventListener("load", look);
    send.call(this, body);
  };

  // ---- the wait

  let dialog, waiting;

  function wait(room) {
    if (dialog?.isConnected && !dialog.open) dialog.showModal();
    return (waiting ??= begin(room).catch(() => {}).finally(() => (waiting = null)));
  }

  async function begin(room) {
    const { words, style } = await (await fetch(`${home}__waitroom/embed.json`)).json();
    const { lang, dir } = Object.assign(words, dataset);
    const at = `${home}__waitroom/${room}/`;

    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [new CSSStyleSheet()];
    root.adoptedStyleSheets[0].replaceSync(style);
    let parent = root;
    const add = (tag, about) => parent.appendChild(Object.assign(document.createElement(tag), about));
    dialog = parent = add("dialog", { lang, dir, ariaLabel: words.name });
    const title = add("h2");
    const place = add("p", { className: "place" });
    const bar = add("progress", { ariaHidden: true });
    const eta = add("p");
    const note = add("p", { role: "status" });
    const message = add("p", { className: "message" });
    const lost = add("p", { className: "lost", role: "alert" });
    const say = add("p", { className: "say", role: "status" });
    const open = add("a", { textContent: words.open, href: `${at}wait?to=${encodeURIComponent(location)}` });
    add("button", { textContent: words.hide, onclick: () => dialog.close() });
    const leave = add("button", { textContent: words.leave });
    document.documentElement.append(host);
    dialog.showModal();

    const write = (part, text) => (part.textContent = text ?? "");
    const fill = (text, value) => text.replace("{}", value);
    let code, lowest, first, said = 0, heard = new Date();

    function show(state) {
      const { position, eta_range: range } = state;
      if (code !== state.code) [code, lowest, first] = [state.code];
      place.hidden = bar.hidden = !position;
      if (position) {
        lowest = Math.min(lowest || position, position);
        bar.max = first ||= position;
        bar.value = first - lowest;
        write(place, fill(words.place, lowest.toLocaleString(lang)));
      }
      // Rounded outwards: it never claims more than is known.
      const [unit, of] = range?.[1] > 5400 ? ["hour", 3600] : ["minute", 60];
      const span = new Intl.NumberFormat(lang, { style: "unit", unit });
      write(eta, range && fill(words.eta, span.formatRange(Math.floor(range[0] / of), Math.ceil(range[1] / of))));
      if (state.opens_at) write(eta, fill(words.opens, new Date(state.opens_at).toLocaleString(lang)));
      write(title, words[state.state] ?? words.name);
      write(note, words[state.notice] ?? (state.code ? words.kept : state.detail));
      write(message, state.message);
      write(lost);
      open.hidden = "position" in state;
      leave.hidden = !state.code;
      if (heard - said > 6e4) {
        said = heard;
        write(say, `${place.textContent} ${eta.textContent}`);
      }
    }

    return new Promise((end) => {
      let stream, timer, over;

      function finish(name) {
        over = true;
        stream?.close();
        clearTimeout(timer);
        host.remove();
        dispatchEvent(new CustomEvent(`waitroom:${name}`, { detail: { room } }));
        end(name === "admitted");
      }

      // Spread out, so that those who lost the line together do not come back together.
      function plan(seconds) {
        clearTimeout(timer);
        timer = setTimeout(look, seconds * (800 + Math.random() * 400));
      }

      function hear(state) {
        if (over) return;
        if (state.state === "admitted") return finish("admitted");
        heard = new Date();
        show(state);
        plan(stream ? 45 : state.refresh_after || 20);
      }

      async function look() {
        if (over) return;
        plan(30);
        try {
          const answer = await fetch(`${at}wait`, {
            credentials: "include",
            headers: { accept: "application/problem+json" },
            // a network that is gone says nothing
            signal: AbortSignal.timeout(9e3),
          });
          hear(await answer.json());
          if (!over && !stream) listen();
        } catch {
          write(lost, fill(words.lost, heard.toLocaleTimeString(lang)));
          plan(8);
        }
      }

      // The stream tells at once, and is presence while the tab is hidden and its timers sleep.
      function listen() {
        stream = new EventSource(`${at}events`, { withCredentials: true });
        stream.addEventListener("status", ({ data }) => hear(JSON.parse(data)));
        stream.addEventListener("alive", () => plan(45));
        stream.addEventListener("admitted", look);
        stream.onerror = () => {
          stream.close();
          stream = plan(4);
        };
      }

      leave.onclick = () => navigator.sendBeacon(`${at}leave`) && finish("left");
      look();
    });
  }
})();
