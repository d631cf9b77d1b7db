// A request of HTMX that fails is told where the person looks, with a way to go on.
function tell(words) {
  const place = document.getElementById("told");
  const notice = document.createElement("p");
  notice.className = "notice error";
  notice.textContent = words;
  place.replaceChildren(notice);
}

document.addEventListener("htmx:sendError", () => {
  tell("The connection was lost. What you typed is still here: please try again.");
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403) tell("You may not do this here. Ask an owner of the agency or a manager of the workspace.");
  else if (status === 404) tell("This is gone, or it was never yours to see. Reload the page.");
  else tell("Something failed on our side, and nothing was changed. Please try again.");
});
document.addEventListener("htmx:beforeRequest", () => document.getElementById("told").replaceChildren());
