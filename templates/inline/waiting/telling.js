// What tells of the turn is fetched when somebody wants to be told, and on a page that is loaded again.

const tell = document.getElementById("tell");
const load = () => import(tell.dataset.script);
tell?.addEventListener("click", (event) => {
  event.preventDefault();
  load().then(({ open }) => open(tell));
});
