// Moments in the viewer's own zone; in UTC where no script runs.

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

for (const each of document.querySelectorAll("time[data-local]")) {
  each.title = each.textContent;
  each.textContent = local.format(new Date(each.dateTime));
}
