// Ctrl K goes anywhere, ? shows the keys: pages of their own without script, opened here in a dialog. / searches.
const dialog = document.getElementById("dialog");
const content = dialog?.firstElementChild;
const link = (name) => document.querySelector(`a[data-dialog="${name}"]`);

function open(to) {
  if (!to) return;
  if (!dialog.open) dialog.showModal();
  dialog.ariaLabel = to.title || to.textContent.trim();
  const swap = { source: content, target: content, swap: "innerHTML" };
  globalThis.htmx.ajax("GET", to.href, swap).catch(() => dialog.close()); // the toast says why
}

function move(step) {
  const stops = [...content.querySelectorAll("input[type=search], a")];
  const at = stops.indexOf(document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}

function inside(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && event.target.matches("input[type=search]")) {
    event.preventDefault();
    content.querySelector("li a")?.click();
  }
}

function anywhere(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open(link("go"));
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !dialog.open) {
    pressed(event);
  }
}

function pressed(event) {
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const search = document.querySelector("main input[type=search]");
  if (event.key === "?") open(link("keys"));
  else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  }
}

if (dialog) {
  document.addEventListener("keydown", anywhere);
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[data-dialog]");
    if (!to || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(to);
  });
  dialog.addEventListener("keydown", inside);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // on what lies behind it
  dialog.addEventListener("close", () => content.replaceChildren());
  content.addEventListener("htmx:afterSettle", () => {
    const search = content.querySelector("input[type=search]");
    if (search && document.activeElement !== search && !search.value) search.focus();
  });
}
