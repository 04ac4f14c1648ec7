// The code that takes the place along is made when somebody wants it. Where that fails, the form does what it does
// without a script. A script of its own: it is only sent where places can be taken along.

document.getElementById("offer")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
    const { qr, code, seconds } = await answer.json();
    const along = document.getElementById("along");
    along.querySelector("img").src = qr;
    along.querySelector("code").textContent = code;
    along.hidden = false;
    clearTimeout(form.ends);
    form.ends = setTimeout(() => (along.hidden = true), seconds * 1000);
  } catch {
    form.submit();
  }
});
