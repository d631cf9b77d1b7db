// Inside a site: hears from widget.js around it which page it is on and who the visitor is, and tells what happens.
// Only the page around it is heard, and that has to be where it says it is; only its origin is answered.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const framed = window.parent !== window;
const closing = document.querySelector("[data-close]");
let site = ""; // the origin of the page around, once it has said hello
let isOpen = true;
let hasSaidHello = false;

function send(kind, detail = {}) {
  if (site) window.parent.postMessage({ bureau: 1, kind, ...detail }, site);
}

// What goes with every message; the first one that is stored keeps it.
function attach(fields) {
  for (const [name, value] of Object.entries(fields)) {
    form.querySelector(`input[name="${name}"]`)?.remove();
    if (value) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

const text = (value, most) => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, most) : "");
function isAt(url, origin) {
  try {
    return new URL(url).origin === origin;
  } catch {
    return false;
  }
}

// For a page that may fetch nothing from here: what its launcher looks like.
async function configure() {
  const told = await fetch("widget.json").then((answer) => answer.json());
  send("configuration", { told });
}

const heard = {
  hello({ page, mode, wants, kept }) {
    if (typeof page?.url === "string" && isAt(page.url, site)) {
      attach({ page_url: text(page.url, 2000), page_title: text(page.title, 800) });
    }
    if (wants) configure().catch(() => {}); // then the launcher stays away
    closing.hidden = mode !== "messenger";
    if (!globalThis.memory.isHere && !hasSaidHello) globalThis.memory.resume(text(kept, 400));
    hasSaidHello = true;
    send("ready", { name: document.title });
  },
  identify({ visitor }) {
    const { id, name, email, signature } = visitor ?? {};
    globalThis.memory.of(text(id, 120));
    attach({
      visitor_id: text(id, 200),
      visitor_name: text(name, 200),
      visitor_email: text(email, 300),
      visitor_signature: text(signature, 200),
    });
  },
  shown({ open }) {
    isOpen = Boolean(open);
    if (isOpen) (matchMedia("(pointer: coarse)").matches ? log : form.elements.text).focus(); // no keyboard unasked
  },
};

attach({ time_zone: text(Intl.DateTimeFormat().resolvedOptions().timeZone, 64) });
if (framed) {
  document.documentElement.dataset.framed = "";
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || data?.bureau !== 1 || (site && origin !== site)) return;
    if (!site && data.kind !== "hello") return;
    site = origin;
    if (Object.hasOwn(heard, data.kind)) heard[data.kind](data);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) send("close");
  });
  closing.addEventListener("click", () => send("close"));
}
for (const name of ["sent", "new"]) {
  document.addEventListener(`bureau:${name}`, () => {
    send(name);
    // Where this browser lets a frame keep nothing, the site keeps the token until its tab is closed.
    if (!globalThis.memory.isHere) send("keep", { kept: name === "sent" ? globalThis.memory.keepable() : "" });
  });
}
for (const name of ["answer", "turn"]) document.addEventListener(`bureau:${name}`, () => send("answer", { unseen: !isOpen }));
