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
