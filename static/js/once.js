// A form is sent once: its buttons rest after the first click. The server holds to that too.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  for (const button of event.target.querySelectorAll("button")) {
    queueMicrotask(() => (button.disabled = true));
  }
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button[disabled]")) button.disabled = false;
});
