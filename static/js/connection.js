// A request of HTMX that fails is told where the person looks, with a way to go on.
const place = document.getElementById("told");

function tell(words) {
  hush();
  const notice = document.createElement("p");
  notice.className = "notice error failed";
  notice.textContent = words;
  place.append(notice);
}

function hush() {
  for (const notice of place.querySelectorAll(".failed")) notice.remove();
}

function reason(xhr) {
  if (xhr.getResponseHeader("X-Refused") === "form") {
    return "This page is out of date: you signed in or out since it was loaded. Reload it, then send it again.";
  }
  if (xhr.status === 403) {
    return "You may not do this here. Ask an owner of the agency or a manager of the workspace.";
  }
  if (xhr.status === 404) return "This is gone, or it was never yours to see. Reload the page.";
  return "Something failed on our side, and nothing was changed. Please try again.";
}

document.addEventListener("htmx:sendError", () => {
  tell("The connection was lost. What you typed is still here: please try again.");
});
document.addEventListener("htmx:responseError", (event) => tell(reason(event.detail.xhr)));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.triggeringEvent?.type !== "load") hush();
});
