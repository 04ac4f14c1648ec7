// Asks on a page of the shop how the wait was, whoever waited for it and has not answered yet (docs/feedback.md).
// The words come with the question, in the visitor's language.
(() => {
  const { src, dataset } = document.currentScript;
  const at = new URL(`/__waitroom/${dataset.room}/feedback`, src);
  const send = async (body) => {
    const headers = { accept: "application/json" };
    const answer = await fetch(at, { method: body ? "POST" : "GET", body, headers, credentials: "include" });
    return answer.ok ? answer.json() : {};
  };

  async function begin() {
    const { state, scores, words, lang, dir } = await send();
    if (state !== "ask") return;
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [new CSSStyleSheet()];
    root.adoptedStyleSheets[0].replaceSync(STYLE);
    const add = (parent, tag, about) => parent.appendChild(Object.assign(document.createElement(tag), about));
    const box = add(root, "section", { lang, dir, ariaLabel: words.question });
    const question = add(box, "p", { textContent: words.question, role: "status" });
    const rest = add(box, "div", {});
    const row = add(rest, "div", { className: "row" });
    for (let score = scores[0]; score <= scores[1]; score++)
      add(row, "button", {
        textContent: score.toLocaleString(lang),
        async onclick() {
          rest.remove();
          try {
            const told = await send(new URLSearchParams({ score }));
            question.textContent = told.words?.thanks ?? words.later;
          } catch {
            question.textContent = words.later;
          }
          setTimeout(() => host.remove(), 6000);
        },
      });
    const ends = add(rest, "p", { className: "ends" });
    add(ends, "span", { textContent: words.low });
    add(ends, "span", { textContent: words.high });
    add(rest, "p", { className: "note", textContent: words.note });
    add(rest, "button", { className: "close", textContent: words.close, onclick: () => host.remove() });
    ((dataset.into && document.querySelector(dataset.into)) || document.body).append(host);
    if (!dataset.into) box.className = "over";
  }

  begin().catch(() => {});
})();
