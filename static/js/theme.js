/* Runs in the head, before anything is painted: no flash of the other theme. */

(() => {
  "use strict";

  const root = document.documentElement;

  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
  }

  // Styles show what only works with scripts under .js, and hide what stands in for it. A script that does not arrive
  // leaves the page as it is without scripts.
  root.classList.add("js");
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) {
      root.classList.remove("js");
    }
  }, true);
})();
