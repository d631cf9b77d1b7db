// A request of HTMX that fails is told in a toast, wherever the page stands, with a button that sends it again.
const PATIENCE = 20000; // milliseconds for what is only read; a form may carry a file over a slow line
const failed = new Map(); // the element that asked → its request
let toast;

const REFUSED = {
  403: "You may not do this here. Ask an owner of the agency or a manager of the workspace.",
  404: "This is gone, or it was never yours to see. Reload the page.",
};
const OUT_OF_DATE = "This page is out of date: you signed in or out since it was loaded. Reload it, then send it again.";
const LOST = "The connection was lost. What you typed is still here.";
const SLOW = "No answer came within 20 seconds.";
const BROKEN = "Something failed on our side, and nothing was changed.";

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small quiet";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

function tell(words, ...buttons) {
  const isNews = toast?.firstChild.textContent !== words; // a poll that fails again says nothing new
  if (!isNews) return;
  toast?.remove();
  toast = document.createElement("div");
  toast.className = "toast";
  toast.role = "alert";
  const sentence = document.createElement("p");
  sentence.textContent = words;
  toast.append(sentence, ...buttons);
  document.body.append(toast);
}

function hush() {
  failed.clear();
  toast?.remove();
  toast = undefined;
}

function again(these = [...failed.values()]) {
  hush();
  for (const { elt, path, triggeringEvent, verb } of these) {
    if (elt.isConnected) globalThis.htmx.ajax(verb, path, { source: elt, event: triggeringEvent }).catch(() => {});
  }
}

function mayRetry({ detail }, words) {
  failed.set(detail.requestConfig.elt, detail.requestConfig);
  detail.requestConfig.elt.removeAttribute("aria-busy");
  tell(words, button("Retry", () => again()), button("Close", hush));
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get") detail.timeout ||= PATIENCE;
});
document.addEventListener("htmx:sendError", (event) => mayRetry(event, LOST));
document.addEventListener("htmx:timeout", (event) => mayRetry(event, SLOW));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("X-Refused") === "form") tell(OUT_OF_DATE, button("Close", hush));
  else if (REFUSED[xhr.status]) tell(REFUSED[xhr.status], button("Close", hush));
  else mayRetry(event, BROKEN);
});

// While it loads, a panel says so to a screen reader too; its skeleton is the stylesheet's.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.matches(".loaded-later")) detail.target.ariaBusy = "true";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target.removeAttribute("aria-busy");
  if (detail.successful && failed.delete(detail.requestConfig.elt) && !failed.size) hush();
});

// Back on the net, what was only read comes by itself; a form waits for its person.
addEventListener("online", () => {
  const all = [...failed.values()];
  if (all.length && all.every(({ verb }) => verb === "get")) again(all);
});
