// Choosing is asking: a changed field sends the form, and fields left at their defaults stay out of the address.
"use strict";

const DEFAULTS = { q: "", language: "", window: "7d", at: "", sort: "momentum", view: "table" };

for (const form of document.querySelectorAll("form[data-filters]")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && (field.value === "" || field.value === DEFAULTS[field.name])) {
        field.disabled = true;
      }
    }
    setTimeout(() => {
      for (const field of form.elements) field.disabled = false;
    });
  });
  // Coming back, the browser would show the fields as they were left; the list below them is that of the address.
  addEventListener("pageshow", () => form.reset());
  form.addEventListener("change", (event) => {
    if (event.target.type !== "search" && event.target.type !== "date") form.requestSubmit();
  });
}
