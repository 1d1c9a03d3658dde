/* Keeps the progress of a run that is going on true while the page is open: asks every three seconds, until it ended. */

(() => {
  "use strict";

  const EVERY = 3_000;
  const AFTER_A_FAILURE = 10_000;

  const box = document.querySelector("[data-progress]");
  if (!box) {
    return;
  }
  const part = (name) => box.querySelector(`[data-${name}]`);

  function write(name, text) {
    const element = part(name);
    if (element.textContent !== String(text)) {
      element.textContent = text;
    }
  }

  /* Said aloud by screen readers, so only what is worth an interruption. */
  const say = (text) => write("said", text);

  function show(state) {
    for (const name of ["finished", "known", "failed", "steps"]) {
      write(name, state[name]);
    }
    write("elapsed", state.elapsed);
    part("elapsed-part").hidden = !state.elapsed;
    write("life", state.sign_of_life);
    part("bar").max = Math.max(state.known, 1);
    part("bar").value = state.finished;
    box.classList.toggle("progress--stuck", state.is_stuck);
    say(state.is_stuck ? "The run gives no sign of life." : "");
  }

  function end(state) {
    say(`The run has ended: ${state.status}. `);
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "Show how it went";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    part("said").append(link);
  }

  async function ask() {
    try {
      const response = await fetch(box.dataset.progress, { cache: "no-store" });
      if (!response.ok) {
        throw new Error(`answered ${response.status}`);
      }
      const state = await response.json();
      show(state);
      if (state.is_going_on) {
        setTimeout(askWhenSeen, EVERY);
      } else {
        end(state);
      }
    } catch {
      say("How far the run is could not be read; this page asks again.");
      setTimeout(askWhenSeen, AFTER_A_FAILURE);
    }
  }

  /* A hidden tab asks nothing; it asks at once when it is seen again. */
  function askWhenSeen() {
    if (!document.hidden) {
      ask();
      return;
    }
    document.addEventListener("visibilitychange", askWhenSeen, { once: true });
  }

  setTimeout(askWhenSeen, EVERY);
})();
