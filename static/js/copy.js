/* Copy buttons: shown only where a browser lets a page write to the clipboard; without them a click selects the text. */

(() => {
  "use strict";

  const SHOWN_FOR = 2_000;
  const status = document.querySelector("[data-copy-status]");

  function say(words) {
    if (status) {
      status.textContent = words;
    }
  }

  async function copy(button) {
    const label = button.firstChild;
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      label.data = "Copied";
      say("Copied");
    } catch {
      label.data = "Not copied";
      say("The browser did not allow copying; the text can be selected.");
    }
    setTimeout(() => {
      label.data = "Copy";
      say("");
    }, SHOWN_FOR);
  }

  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button));
    }
  }
})();
