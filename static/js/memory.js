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

function kept() {
  try {
    return JSON.parse(store?.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function begin() {
  if (form.hasAttribute("aria-busy")) return;
  store?.removeItem(key);
  form.elements.token.value = newToken();
  log.replaceChildren(...blank.map((child) => child.cloneNode(true)));
  form.elements.text.focus();
  document.dispatchEvent(new Event("bureau:new"));
}

async function restore() {
  const body = new URLSearchParams({ token: form.elements.token.value });
  log.ariaBusy = "true";
  try {
    const response = await fetch(form.dataset.lines, { method: "POST", body });
    const came = response.ok && globalThis.parsed(await response.text()).querySelector("[data-lines]");
    if (came && came.children.length) show(came);
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

function resume(token) {
  if (!/^[\w-]{43}$/.test(token) || log.querySelector(".visitor")) return;
  form.elements.token.value = token;
  restore();
}

globalThis.memory = {
  isHere: Boolean(store),
  resume,
  // Who the site says the visitor is: another one finds no conversation of the one before.
  of(visitor) {
    const { visitor: before } = kept();
    if (visitor && before && before !== visitor) begin();
    if (visitor) form.dataset.visitor = visitor;
  },
};

document.addEventListener("bureau:sent", () => {
  try {
    store?.setItem(key, JSON.stringify({ token: form.elements.token.value, visitor: form.dataset.visitor }));
  } catch {
    // the browser's storage is full: this conversation ends with its page
  }
});
document.querySelector("[data-new]").addEventListener("click", (event) => {
  event.preventDefault();
  begin();
});
resume(kept().token);
