// Rows that are ticked for one button above them: a box for all, how many there are, and nothing to press for none.
for (const form of document.querySelectorAll("[data-choices]")) {
  const every = form.querySelector("[data-choose-all]");
  const count = form.querySelector("[data-count]");
  const boxes = () => [...form.elements].filter((each) => each.name === "chosen" && each.type === "checkbox");

  function show() {
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
    count.textContent = chosen ? `${chosen} chosen` : "Choose all";
    form.classList.toggle("idle", !chosen);
  }

  every.closest("label").hidden = false;
  every.addEventListener("change", () => {
    for (const box of boxes()) box.checked = every.checked;
    show();
  });
  document.addEventListener("change", (event) => event.target.form === form && show());
  addEventListener("pageshow", show); // the browser keeps ticks when one comes back
  show();
}
