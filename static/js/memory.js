// A conversation goes on when the page is loaded anew: its token is kept in this browser, and nothing else of it.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const key = `bureau:${form.dataset.chatbot}`;
const blank = [...log.children].map((child) => child.cloneNode(true));

// The first that this browser allows in this frame. Without any, the site around is asked to keep it, for its tab.
const store = [() => localStorage, () => sessionStorage].map(opened).find(Boolean);
function opened(open) {
  try {
    const found = open();
    found.setItem("bureau", "");
    found.removeItem("bureau");
    return found;
  } catch {
    return null;
  }
}

// What was kept: the token, and who the site said the visitor is.
function kept(text = store?.getItem(key)) {
  try {
    const { token, visitor } = JSON.parse(text);
    return { token: String(token), visitor };
  } catch {
    return {};
  }
}
const keepable = () => JSON.stringify({ token: form.elements.token.value, visitor: form.dataset.visitor });

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function begin() {
  if (form.hasAttribute("aria-busy")) return;
  store?.removeItem(key);
  form.elements.token.value = newToken();
  log.replaceChildren(...blank.map((child) => child.cloneNode(true)));
  document.dispatchEvent(new Event("bureau:new"));
}

async function restore() {
  const token = form.elements.token.value;
  const body = new URLSearchParams({ token });
  log.ariaBusy = "true";
  try {
    const response = await fetch(form.dataset.lines, { method: "POST", body });
    const came = response.ok ? globalThis.parsed(await response.text()).querySelector("[data-lines]") : null;
    if (came?.children.length && token === form.elements.token.value) show(came);
  } catch {
    addEventListener("online", restore, { once: true });
  } finally {
    log.ariaBusy = "false";
  }
}

function show(came) {
  if (log.querySelector(".visitor")) return; // somebody writes already
  for (const old of log.querySelectorAll(".asks")) old.remove();
  log.append(...came.children);
  log.scrollTo({ top: log.scrollHeight, behavior: "instant" });
  document.dispatchEvent(new CustomEvent("bureau:restored", { detail: { state: came.dataset.state } }));
}

function resume({ token, visitor }) {
  if (!/^[\w-]{43}$/.test(token) || log.querySelector(".visitor")) return;
  form.elements.token.value = token;
  if (visitor) form.dataset.visitor = String(visitor);
  restore();
}

globalThis.memory = {
  isHere: Boolean(store),
  keepable,
  resume: (text) => resume(kept(text)),
  // Who the site says the visitor is, or nobody any more: another one finds no conversation of the one before.
  of(visitor) {
    const { visitor: before } = form.dataset;
    if (before && before !== visitor) begin();
    form.dataset.visitor = visitor;
  },
};

document.addEventListener("bureau:sent", () => {
  try {
    store?.setItem(key, keepable());
  } catch {
    // the browser's storage is full: this conversation ends with its page
  }
});
document.querySelector("[data-new]").addEventListener("click", (event) => {
  event.preventDefault();
  begin();
  form.elements.text.focus();
});
resume(kept());
