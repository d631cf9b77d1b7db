// The time zone of this device, where nobody has chosen one; choosing another one needs no second press.
const form = document.querySelector("form.zone");
const select = form?.elements.zone;
if (select) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isKnown = [...select.options].some((option) => option.value === own);
  const ask = () => form.requestSubmit();
  form.querySelector("button").hidden = true;
  select.addEventListener("change", ask);
  if ("guessZone" in form.dataset && isKnown && own !== select.value) {
    select.value = own;
    if (document.readyState === "complete") ask();
    else addEventListener("load", ask); // once htmx has taken the form up
  }
}

// A time that was chosen while the list came anew stays chosen: it is the same moment in another zone.
let chosen;
const slots = () => [...document.querySelectorAll("#slots [name=slot]")];
document.addEventListener("htmx:beforeSwap", () => (chosen = Date.parse(slots().find((each) => each.checked)?.value)));
document.addEventListener("htmx:afterSwap", () => {
  const again = slots().find((each) => Date.parse(each.value) === chosen);
  if (!again) return;
  again.checked = true;
  again.closest("details").open = true;
});
