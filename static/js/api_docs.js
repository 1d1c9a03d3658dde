/* Starts Swagger UI on the API's description, and keeps it in the page's theme. */

(() => {
  "use strict";

  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function followTheme() {
    const theme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    root.classList.toggle("dark-mode", theme === "dark");
  }

  followTheme();
  dark.addEventListener("change", followTheme);
  new MutationObserver(followTheme).observe(root, {attributeFilter: ["data-theme"]});

  const place = document.getElementById("api");
  SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    supportedSubmitMethods: ["get"],
    validatorUrl: null,
  });
})();
