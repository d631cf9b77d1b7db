// Django's fields that look while one types are drawn by Select2, which names them after what is chosen: after their label too.
addEventListener("load", () => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const drawn = field.parentElement.querySelector(".select2-selection");
    if (!label || !drawn) continue;
    label.id ||= `${field.id}_label`;
    drawn.setAttribute("aria-labelledby", `${label.id} ${drawn.getAttribute("aria-labelledby") ?? ""}`.trim());
  }
});
