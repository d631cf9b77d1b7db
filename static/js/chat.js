// The visitor's message is sent without leaving the page; without this script the form sends whole pages.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const field = form.elements.text;

function bubble(kind, text) {
  const element = document.createElement("p");
  element.className = `bubble ${kind}`;
  element.dir = "auto";
  element.textContent = text;
  log.append(element);
  element.scrollIntoView({ block: "end" });
  return element;
}

async function ask(event) {
  event.preventDefault();
  const text = field.value.trim();
  if (!text || form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form));
  const mine = bubble("visitor", text);
  const typing = bubble("ai typing", "");
  typing.setAttribute("aria-label", form.dataset.typing);
  field.value = "";
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "turn" } });
    const turn = new DOMParser().parseFromString(await response.text(), "text/html");
    const reply = turn.querySelector("[data-reply]");
    if (!reply) throw new Error("no reply");
    if (!response.ok) field.value = text;
    if (!response.ok) mine.remove();
    log.append(...reply.childNodes);
    for (const next of turn.querySelectorAll("input[type=hidden]")) form.elements[next.name].value = next.value;
  } catch {
    mine.remove();
    field.value = text; // the same message id is sent again, so nothing is charged twice
    bubble("notice", form.dataset.lost);
  } finally {
    typing.remove();
    form.removeAttribute("aria-busy");
    log.lastElementChild?.scrollIntoView({ block: "end" });
    field.focus();
  }
}

form.addEventListener("submit", ask);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
