// Draws the description of the API from this house's own OpenAPI document; asks nobody else.
"use strict";

(function () {
  const place = document.getElementById("description");
  window.SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: false, // its links stand within buttons, where no keyboard and no screen reader finds them
    syntaxHighlight: false, // its colours are too faint on grey
    validatorUrl: null,
    defaultModelsExpandDepth: -1,
  });
})();
