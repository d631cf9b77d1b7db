// The visitor's message is sent without leaving the page; without this script the form sends whole pages.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const field = form.elements.text;
const [sending, stopping] = form.querySelectorAll("button");
let failed = {}; // what stands in the field because it was not sent, and its id
let stopped; // ends the answer that is coming

// What the page's other scripts listen for: a message was sent, and a turn came.
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`bureau:${name}`, { detail }));
const busy = () => form.hasAttribute("aria-busy");
const toEnd = () => log.scrollTo({ top: log.scrollHeight });
function line(kind, text, tag = "p") {
  const element = Object.assign(document.createElement(tag), { className: kind, dir: "auto", textContent: text });
  log.append(element);
  return element;
}
function button(text, press) {
  const element = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
  element.textContent = text;
  element.addEventListener("click", press);
  return element;
}

// 128 random bits; crypto.randomUUID is missing where the page comes over plain http.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Shows what came of a message. Returns null when it was answered, else the id under which to send it again.
async function ask(text, id, bubble) {
  const body = new URLSearchParams(new FormData(form));
  body.set("message_id", id);
  body.set("text", text);
  const headers = { "X-Fragment": "turn", Accept: "text/event-stream, text/html" };
  stopped = new AbortController();
  try {
    const response = await fetch(form.action, { method: "POST", body, headers, signal: stopped.signal });
    if (response.headers.get("X-Identity")) console.warn("Bureau: the visitor's signature is wrong. It was ignored.");
    const [turn, refused] = await globalThis.answerIn(response, bubble, log);
    const reply = turn.querySelector("[data-reply]");
    if (!reply) throw new Error("no reply");
    bubble.remove();
    const { told } = reply.dataset;
    log.append(...reply.children);
    tell("turn", { refused, told });
    return refused ? turn.querySelector("[name=message_id]").value : null;
  } catch {
    const waits = bubble.matches(".typing");
    if (stopped.signal.aborted && !waits) return line("cited", form.dataset.stopped) && null; // it is stored whole
    bubble.remove();
    if (!stopped.signal.aborted) line("bubble notice", form.dataset.lost);
    return id; // the same one: if the message did arrive, it is not charged twice
  }
}

function rest(resting) {
  if (resting) form.setAttribute("aria-busy", "true");
  else form.removeAttribute("aria-busy");
  log.ariaBusy = String(resting); // screen readers read an answer once it is whole
  sending.hidden = resting;
  stopping.hidden = !resting;
}

async function send(text, id) {
  for (const old of log.querySelectorAll(".notice:not(.leave *), .asks, .offer")) old.remove();
  const mine = line("bubble visitor", text);
  const bubble = line("bubble ai typing", "", "div");
  bubble.setAttribute("aria-label", form.dataset.typing);
  rest(true);
  toEnd();
  tell("sent");
  const again = await ask(text, id, bubble);
  rest(false);
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
  mark.append(
    button(form.dataset.again, () => {
      if (busy()) return;
      mine.remove();
      mark.remove();
      field.focus();
      send(text, id);
    }),
  );
  mine.after(mark);
}

// A suggested question is asked as it stands, whatever is in the field.
log.addEventListener("submit", (event) => {
  if (!event.target.matches(".asks")) return;
  event.preventDefault();
  if (busy()) return;
  field.focus();
  send(event.submitter.value, newId());
});
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
stopping.addEventListener("click", () => {
  stopped.abort();
  field.focus();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
