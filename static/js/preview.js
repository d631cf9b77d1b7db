// The preview beside a form follows what is typed; without this script its button loads it.
const frame = document.querySelector("iframe[name=look-preview]");
const button = document.querySelector("[data-shows]");
const LONGEST = 2000; // characters of a field: what is longer is refused, and would not fit into an address
let waiting;

function show() {
  const form = document.getElementById("settings-form");
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    if (typeof value === "string" && value.length < LONGEST && name !== "csrfmiddlewaretoken" && !field?.matches?.("[data-unseen]")) {
      query.append(name, value);
    }
  }
  frame.contentWindow.location.replace(`${button.dataset.shows}?${query}`); // no step of the browser's history
}

function soon(event) {
  if (event.target.form?.id !== "settings-form") return;
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
}

document.addEventListener("input", soon);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig.verb === "post") show();
});
button.addEventListener("click", (event) => {
  event.preventDefault();
  show();
});

// A look to begin with fills the form; it is saved with the rest.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-preset]");
  if (!link) return;
  event.preventDefault();
  const { elements } = document.getElementById("settings-form");
  for (const [name, value] of new URLSearchParams(link.dataset.preset)) elements[name].value = value;
  show();
});
