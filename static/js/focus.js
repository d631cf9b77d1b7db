// After a form came back in place, the keyboard stands on what is wrong, or on the first field of the next step.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  const form = document.getElementById(event.detail.target.id);
  const wrong = form?.querySelector("[aria-invalid=true]:not([type=hidden])");
  const first = form?.querySelector("input:not([type=hidden]), select, textarea");
  (wrong ?? first)?.focus();
});
