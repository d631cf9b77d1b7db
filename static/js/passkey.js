// Passkeys: shows the buttons where the browser can use them, and says what went wrong. allauth's scripts do the rest.
const usable = "PublicKeyCredential" in window;
for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !usable;
for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = usable;

const WORDS = {
  InvalidStateError: "This device keeps a passkey for you already.",
  NotAllowedError: "No passkey was used: it was cancelled, or it took too long. Please try again.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.querySelector("[data-passkey-said]");
  said.textContent = WORDS[event.detail.exception.name] ?? "The passkey did not work. Please try again, or choose another way.";
  said.hidden = false;
});
