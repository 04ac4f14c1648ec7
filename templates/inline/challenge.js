// Has the challenge of the page solved by workers, keeps the bar true, and goes on with the solution. Where that cannot
// be done the page is left alone: its Refresh header takes it through by waiting.

const given = document.getElementById("challenge").dataset;
const bar = document.getElementById("progress");
const most = 2 ** Number(given.bits);
const count = Math.max(1, Math.min(4, Math.floor((navigator.hardwareConcurrency ?? 2) / 2)));
let ready = 0;
let tried = 0;

function show(id) {
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== id;
}

// The solution is told to the room's own address, which gives a place for it. Where the browser keeps no cookies, the
// place goes on in the address of the page.
async function goOn(number) {
  const headers = { "Waitroom-Challenge": `${given.text}~${number}`, Accept: "application/json" };
  const own = `/__waitroom/${given.room}`;
  try {
    const answer = await fetch(`${own}/wait`, { headers });
    const ticket = answer.headers.get("Waitroom-Ticket");
    if (ticket && (await fetch(`${own}/status`)).status === 404) {
      if (answer.ok) return show("cookies");
      const to = encodeURIComponent(given.target);
      return location.replace(`${own}/place?t=${encodeURIComponent(ticket)}&to=${to}`);
    }
  } catch {
    // the page itself is asked for anew, which says what is wrong
  }
  askAgain();
}

function askAgain() {
  const target = new URL(given.target, location.origin);
  // A replace to an address with a fragment would only scroll.
  if (location.hash) location.reload();
  else location.replace(target.origin === location.origin ? target.href : location.origin);
}

function begin() {
  const workers = Array.from({ length: count }, () => new Worker(given.solver));
  const end = () => workers.forEach((worker) => worker.terminate());
  workers.forEach((worker) => {
    worker.onerror = end;
    worker.onmessage = ({ data }) => {
      if (data.ready && (ready += 1) === count) {
        // All is loaded: from here on nobody waits, so the answer's Refresh header is called off.
        window.stop();
        document.getElementById("challenge").toggleAttribute("data-live", true);
        // Where work takes longer than waiting, as in browsers that compile no JavaScript, waiting is enough.
        if (Number(given.wait)) setTimeout(() => (end(), askAgain()), Number(given.wait) * 1000);
        const { salt, bits, sought: target } = given;
        workers.forEach((each, first) => each.postMessage({ salt, bits: Number(bits), target, first, step: count }));
      } else if (data.tried) {
        bar.value = Math.min(1, (tried += data.tried) / most);
      } else if ("found" in data) {
        end();
        bar.value = 1;
        goOn(data.found);
      }
    };
  });
}

if (navigator.cookieEnabled) addEventListener("load", begin);
else show("cookies");
// Back from the shop: the browser may show this page as it was left.
addEventListener("pageshow", (event) => event.persisted && location.reload());
