// Moments in the viewer's own zone; in UTC where no script runs.

for (const each of document.querySelectorAll("time[data-local]")) {
  const words = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: each.dataset.local });
  each.title = each.textContent;
  each.textContent = words.format(new Date(each.dateTime));
}
