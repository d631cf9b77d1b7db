// A thumb for an answer. Pressed once more it is taken back; what did not arrive is shown as it was.
const form = document.querySelector(".ask");
const log = document.querySelector(".log");
document.documentElement.dataset.scripted = "";

function show(row, pressed) {
  for (const button of row.children) button.setAttribute("aria-pressed", String(button.value === pressed));
}

log.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-rate] button");
  if (!button) return;
  const row = button.parentElement;
  const before = row.querySelector("[aria-pressed=true]")?.value ?? "none";
  const rating = before === button.value ? "none" : button.value;
  const body = new URLSearchParams({ token: form.elements.token.value, line: row.dataset.rate, rating });
  show(row, rating);
  const arrived = await fetch(form.dataset.rate, { method: "POST", body }).then((response) => response.ok, () => false);
  if (!arrived) show(row, before);
});
