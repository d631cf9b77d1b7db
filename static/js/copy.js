// A button that copies the text beside it; without the clipboard, which plain http has none of, by selecting it.
function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return "Copied";
  } catch {
    select(source);
    return document.execCommand("copy") ? "Copied" : "Selected";
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const { textContent } = button;
  button.hidden = false;
  button.ariaLive = "polite";
  button.addEventListener("click", async () => {
    button.textContent = await copy(document.getElementById(button.dataset.copy));
    setTimeout(() => (button.textContent = textContent), 2000);
  });
}
