// A form is sent once: its buttons rest while it is on its way. The server holds to that too.
function rest(form, resting) {
  for (const button of form?.querySelectorAll("button") ?? []) button.disabled = resting;
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) queueMicrotask(() => rest(event.target, true));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") rest(event.target.closest("form"), true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") rest(event.target.closest("form"), false);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) rest(form, false);
});
