// Select2 draws Django's fields that look while one types, and names them after what is chosen: their label names them too.
// Its drawing is queued with Django's jQuery before this is.
window.django?.jQuery?.(() => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const drawn = field.parentElement.querySelector(".select2-selection");
    if (!label || !drawn) continue;
    label.id ||= `${field.id}_label`;
    for (const part of [drawn, ...drawn.querySelectorAll("[role=textbox]")]) {
      part.setAttribute("aria-labelledby", `${label.id} ${part.getAttribute("aria-labelledby") ?? ""}`.trim());
    }
  }
});
