// What there is to read while one waits: fetched when the page is quiet, and searched where it stands.
const more = document.getElementById("extras");
const link = more && more.querySelector("a");

const wire = (content) => {
  // a picture of the shop's may be gone: its space stays, so that nothing jumps
  content.addEventListener("error", ({ target }) => (target.style.visibility = "hidden"), true);
  const find = content.querySelector("#find");
  if (!find) return;
  const none = content.querySelector(".none");
  const all = [...content.querySelectorAll("#faq details")];
  // letters alone: neither case nor accents matter
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const texts = all.map((each) => plain(each.textContent));
  find.parentElement.hidden = false;
  find.addEventListener("input", () => {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    let found = 0;
    all.forEach((each, index) => {
      each.hidden = !words.every((word) => texts[index].includes(word));
      if (!each.hidden) found += 1;
    });
    none.hidden = found > 0;
  });
};

const load = async () => {
  const answer = await fetch(link.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = document.adoptNode(page.getElementById("content"));
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = more.dataset.style;
  // shown with its style, so that nothing jumps
  style.onload = style.onerror = () => {
    more.replaceChildren(content);
    wire(content);
  };
  document.head.append(style);
};

if (link) {
  const quiet = window.requestIdleCallback || ((then) => setTimeout(then, 500));
  const begin = () => quiet(() => load().catch(() => {}));
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
} else {
  wire(document);
}
