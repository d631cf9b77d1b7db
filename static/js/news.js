// While a person is wanted or has taken over, their lines are asked for. With the chatbot alone nothing is asked.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
const OFTEN = 3000;
const SELDOM = 20000; // milliseconds
let state = "bot";
let waiting; // the next time
let wait = OFTEN;
let last = 0;

// The visitor's own lines do not count: what was said just before one of them was not heard yet.
const newest = () => Math.max(last, 0, ...[...log.querySelectorAll("[data-line]")].map((line) => +line.dataset.line));

function show(news) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const lines = news.lines.map((html) => globalThis.parsed(html)).filter((line) => !line.querySelector(".visitor"));
  state = news.state;
  for (const line of lines) log.append(...line.children);
  last = Math.max(last, news.last ?? 0);
  if (lines.length) document.dispatchEvent(new Event("bureau:answer"));
  if (atEnd) log.scrollTo({ top: log.scrollHeight });
  wait = lines.length ? OFTEN : Math.min(wait * 1.2, SELDOM);
}

async function look() {
  clearTimeout(waiting);
  if (!form.dataset.news) return;
  const { token } = form.elements;
  const asked = token.value;
  try {
    const body = new URLSearchParams({ token: asked, after: newest() });
    const response = await fetch(form.dataset.news, { method: "POST", body });
    const news = response.ok ? await response.json() : null;
    if (asked !== token.value) return; // another conversation has begun meanwhile
    if (news) show(news);
  } catch {
    wait = SELDOM; // the connection is gone; `online` looks at once
  }
  if (state === "pending" || state === "claimed") waiting = setTimeout(look, wait);
}

function soon() {
  wait = OFTEN;
  look();
}

document.addEventListener("bureau:person", soon);
document.addEventListener("bureau:turn", ({ detail }) => {
  if (detail.told || state !== "bot") soon();
});
document.addEventListener("bureau:restored", ({ detail }) => {
  if (detail.state === "pending" || detail.state === "claimed") soon();
});
document.addEventListener("bureau:new", () => {
  clearTimeout(waiting);
  state = "bot";
  last = 0;
});
addEventListener("online", () => state !== "bot" && soon());
