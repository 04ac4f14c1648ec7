// Moments in the viewer's own zone; in UTC where no script runs.

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Turns all moments under `root`, which the console has written, into the viewer's zone. */
export function localize(root) {
  for (const each of root.querySelectorAll("time[data-local]")) {
    each.title = each.textContent;
    each.textContent = local.format(new Date(each.dateTime));
  }
}

localize(document);
