// The visitor's message is sent without leaving the page; without this script the form sends whole pages.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const field = form.elements.text;
let failed = {}; // what stands in the field because it was not sent, and its id

const busy = () => form.hasAttribute("aria-busy");
const toEnd = () => log.scrollTo({ top: log.scrollHeight });
function line(kind, text) {
  const element = Object.assign(document.createElement("p"), { className: kind, dir: "auto", textContent: text });
  log.append(element);
  return element;
}

// 128 random bits; crypto.randomUUID is missing where the page comes over plain http.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Shows what came of a message. Returns null when it was answered, else the id under which to send it again.
async function ask(text, id) {
  const body = new URLSearchParams({ token: form.elements.token.value, message_id: id, text });
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "turn" } });
    const turn = new DOMParser().parseFromString(await response.text(), "text/html");
    const reply = turn.querySelector("[data-reply]");
    if (!reply) throw new Error("no reply");
    log.append(...reply.children);
    return response.ok ? null : turn.querySelector("[name=message_id]").value;
  } catch {
    line("bubble notice", form.dataset.lost);
    return id; // the same one: if the message did arrive, it is not charged twice
  }
}

async function send(text, id) {
  form.setAttribute("aria-busy", "true");
  for (const notice of log.querySelectorAll(".notice")) notice.remove();
  const mine = line("bubble visitor", text);
  const typing = line("bubble ai typing", "");
  typing.setAttribute("aria-label", form.dataset.typing);
  toEnd();
  const again = await ask(text, id);
  typing.remove();
  form.removeAttribute("aria-busy");
  if (again) keep(text, again, mine);
  toEnd();
}

// Back into the field; but what was typed there meanwhile stays, and the message waits in the log.
function keep(text, id, mine) {
  if (!field.value.trim()) {
    failed = { text, id };
    field.value = text;
    mine.remove();
    return;
  }
  mine.classList.add("unsent");
  const mark = line("mark", `${form.dataset.unsent} `);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
  button.textContent = form.dataset.again;
  button.addEventListener("click", () => {
    if (busy()) return;
    mine.remove();
    mark.remove();
    field.focus();
    send(text, id);
  });
  mark.append(button);
  mine.after(mark);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text || busy()) return;
  const id = text === failed.text ? failed.id : newId(); // other words need another id
  failed = {};
  field.value = "";
  field.focus();
  send(text, id);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
