// A box beside each new password that shows it: what one reads, one need not type twice.

for (const field of document.querySelectorAll("input[type=password][data-reveal]")) {
  const label = document.createElement("label");
  label.className = "check small";
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append(box, "Show it");
  box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
  // a browser must not keep it as what was typed into a plain field
  field.form.addEventListener("submit", () => { field.type = "password"; });
  field.after(label);
}
