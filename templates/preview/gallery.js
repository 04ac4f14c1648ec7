// Follows the files: when one changes, every frame is loaded anew where it is.
const form = document.getElementById("wish");
const live = document.getElementById("live");
form.classList.add("live");
form.addEventListener("change", () => form.submit());
const news = new EventSource("/changes");
news.onopen = () => { live.textContent = "Follows your files"; };
news.onerror = () => { live.textContent = "The preview has ended: waitroom preview starts it again"; };
news.addEventListener("changed", () => location.reload());
