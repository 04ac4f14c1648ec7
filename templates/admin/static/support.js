// The support desk: all of it works without; this adds the viewer's times, and a key to the next code.

import "./both.js";
import { onKey } from "./console.js";

onKey("/", () => {
  const code = document.getElementById("code");
  code.focus();
  code.select();
});

// the same press twice must not ask twice
for (const form of document.querySelectorAll("form.act"))
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.act")) delete form.dataset.sent;
});
