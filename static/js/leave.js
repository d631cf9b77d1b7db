// A left message, and the wish for a person, are sent without leaving the page; without this script as whole pages.
const log = document.querySelector(".log");
const COMING = ".ask :is([name^=page_], [name=time_zone], [name^=visitor_])"; // as frame.js keeps it for messages

function tell(form, words) {
  form.querySelector(".lost")?.remove();
  if (words) form.append(Object.assign(document.createElement("p"), { className: "notice error lost", textContent: words }));
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  for (const { name, value } of document.querySelectorAll(COMING)) body.set(name, value);
  const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "leave" } });
  const turn = new DOMParser().parseFromString(await response.text(), "text/html");
  const reply = turn.querySelector("[data-reply]");
  if (!reply) throw new Error("no reply");
  const came = [...reply.children];
  form.replaceWith(...came);
  came.at(-1)?.scrollIntoView({ block: "nearest" });
  log.querySelector(".leave [aria-invalid=true]")?.focus();
  if (form.matches("[data-person]")) document.dispatchEvent(new Event("bureau:person"));
}

log.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // a suggested question
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  tell(form, "");
  send(form).catch(() => {
    form.removeAttribute("aria-busy");
    tell(form, form.dataset.lost); // sent again, it is the same message: it counts once
  });
});

// Another question that finds no units brings another form: what was typed into the one before goes on in it.
function carry(older, newest) {
  for (const name of ["name", "email"]) newest.elements[name].value ||= older.elements[name].value;
  const words = [older.elements.text.value.trim(), newest.elements.text.value];
  newest.elements.text.value = words.filter(Boolean).join("\n");
  older.remove();
}
new MutationObserver(() => {
  const forms = [...log.querySelectorAll("form.leave")];
  const newest = forms.pop();
  for (const older of forms) carry(older, newest);
}).observe(log, { childList: true });
