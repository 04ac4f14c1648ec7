// The page and its words. The files of this folder are joined into one script, in the order of waiting.html. It keeps
// the waiting page true while it is open. The page is whole without it: it only writes numbers, times and states into
// it, all words come from the page.

const line = document.getElementById("line");
const words = line.dataset;
const lang = words.formats;
// Where the browser keeps no cookies, the query carries the ticket, as the address of the page does.
const own = (action) => `/__waitroom/${encodeURIComponent(words.room)}/${action}${words.query}`;
const part = (id) => document.getElementById(id);
const known = (number) => typeof number === "number";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (slot, name) => values[name] ?? slot);

function write(id, text) {
  if (part(id).textContent !== text) part(id).textContent = text;
}
