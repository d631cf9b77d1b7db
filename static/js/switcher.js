// The switcher closes on Escape and on a click elsewhere, as menus do.
const switcher = document.querySelector("details.switcher");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && switcher?.open) {
    switcher.open = false;
    switcher.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (switcher?.open && !switcher.contains(event.target)) switcher.open = false;
});
switcher?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !switcher.contains(event.relatedTarget)) switcher.open = false;
});
