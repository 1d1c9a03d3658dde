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
    // The page may come back from the browser's memory with the fields as they are left here.
    setTimeout(() => {
      for (const field of form.elements) field.disabled = false;
    });
  });
  form.addEventListener("change", (event) => {
    if (event.target.type !== "search" && event.target.type !== "date") form.requestSubmit();
  });
}
