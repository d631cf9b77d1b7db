// An answer as it comes. What the server sends is sanitised markup, and is put in place as parsed nodes.
const parsed = (globalThis.parsed = (html) => new DOMParser().parseFromString(html, "text/html").body);

// Server-sent events of an answer to a POST, which EventSource cannot send: pairs of a name and what came with it.
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (text + part.value).split("\n\n");
    text = blocks.pop(); // not whole yet
    for (const block of blocks) {
      const lines = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      yield [lines.event, JSON.parse(lines.data)];
    }
  }
}

// The words so far. Who has scrolled back to read is left there.
function show(html, bubble, log) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  bubble.classList.remove("typing");
  bubble.removeAttribute("aria-label");
  bubble.replaceChildren(...parsed(html).childNodes);
  if (atEnd) log.scrollTo({ top: log.scrollHeight });
}

// Shows the words in the bubble, and returns the last thing that came: the turn, and whether it was refused.
globalThis.answerIn = async function (response, bubble, log) {
  const streams = response.headers.get("Content-Type")?.includes("event-stream");
  if (!streams) return [parsed(await response.text()), !response.ok];
  for await (const [name, html] of eventsOf(response)) {
    if (name !== "words") return [parsed(html), name === "refused"];
    show(html, bubble, log);
  }
  throw new Error("no end");
};
