// The switcher: arrows move, Enter goes there, Escape and a click elsewhere close it, as menus do.
const switcher = document.querySelector("details.switcher");

function close() {
  switcher.open = false;
  switcher.querySelector("summary").focus();
}

function move(step) {
  const stops = [...switcher.querySelectorAll("input[type=search], li a, p a")];
  const at = stops.indexOf(document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && switcher?.open) close();
});
switcher?.addEventListener("keydown", (event) => {
  if (!switcher.open) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && event.target.matches("input[type=search]")) {
    const first = switcher.querySelector("#switch-found li a");
    if (first) {
      event.preventDefault();
      first.click();
    }
  }
});
switcher?.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches("details > div")) switcher.querySelector("input[type=search]")?.focus();
});
document.addEventListener("click", (event) => {
  if (switcher?.open && !switcher.contains(event.target)) switcher.open = false;
});
switcher?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !switcher.contains(event.relatedTarget)) switcher.open = false;
});
