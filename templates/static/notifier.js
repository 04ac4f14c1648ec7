// Shows notifications where a page itself cannot, and brings the page to the front when one is pressed.

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    clients.matchAll({ type: "window", includeUncontrolled: true }).then(([first]) => first?.focus()),
  );
});
