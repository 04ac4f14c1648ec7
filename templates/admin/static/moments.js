// Moments in the viewer's own zone; in UTC where no script runs.

/** Puts the moments under `root` into the viewer's zone, each once. */
export function localise(root = document) {
  for (const each of root.querySelectorAll("time[data-local]:not([title])")) {
    const words = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: each.dataset.local });
    each.title = each.textContent;
    each.textContent = words.format(new Date(each.dateTime));
  }
}

localise();
