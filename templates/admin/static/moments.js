// Moments in the viewer's own zone; in UTC where no script runs.

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Puts the moments under `root` into the viewer's zone, each once. */
export function localise(root = document) {
  for (const each of root.querySelectorAll("time[data-local]:not([title])")) {
    each.title = each.textContent;
    each.textContent = local.format(new Date(each.dateTime));
  }
}

localise();
