/* The theme switch, and times that stay true while a page is open. */

(() => {
  "use strict";

  const root = document.documentElement;

  // -- Theme: "system", "light" or "dark", kept in this browser only ------------------------------------------------

  function storedTheme() {
    try {
      const theme = localStorage.getItem("theme");
      return theme === "light" || theme === "dark" ? theme : "system";
    } catch {
      return root.dataset.theme ?? "system";
    }
  }

  function storeTheme(theme) {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Storage may be forbidden; then the choice holds for this page.
    }
  }

  function showTheme(theme) {
    if (theme === "system") {
      delete root.dataset.theme;
    } else if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
    }
    for (const choice of document.querySelectorAll("[data-theme-switch] input")) {
      choice.checked = choice.value === theme;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-theme-switch]")) {
      storeTheme(event.target.value);
      showTheme(event.target.value);
    }
  });
  // Chosen in another tab, or on a later page that one now comes back from.
  addEventListener("storage", () => showTheme(storedTheme()));
  addEventListener("pageshow", (event) => event.persisted && showTheme(storedTheme()));

  // -- Times: the words of dashboard/templatetags/figures.py --------------------------------------------------------

  const EVERY = 30_000;
  const STEPS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

  /* Seconds (not negative) in their largest whole unit, "3 minutes"; null below a minute. */
  function inWords(seconds) {
    for (const [unit, size] of STEPS) {
      const number = Math.floor(seconds / size);
      if (number >= 1) {
        return `${number.toLocaleString("en-US")} ${unit}${number > 1 ? "s" : ""}`;
      }
    }
    return null;
  }

  function ago(seconds) {
    const words = inWords(seconds);
    return words ? `${words} ago` : "just now";
  }

  function countdown(seconds) {
    const words = inWords(Math.abs(seconds));
    if (seconds <= 0) {
      return words ? `overdue by ${words}` : "due now";
    }
    return words ? `in ${words}` : "in less than a minute";
  }

  function showTimes() {
    for (const element of document.querySelectorAll("time[data-relative], time[data-countdown]")) {
      const ahead = (Date.parse(element.dateTime) - Date.now()) / 1000;
      if (Number.isNaN(ahead)) {
        continue;
      }
      const text = element.hasAttribute("data-countdown") ? countdown(ahead) : ago(-ahead);
      if (element.textContent !== text) {
        element.textContent = text;
      }
    }
  }

  showTheme(storedTheme());
  showTimes();
  setInterval(showTimes, EVERY);
  // Timers rest in a hidden tab.
  document.addEventListener("visibilitychange", () => document.hidden || showTimes());
})();
