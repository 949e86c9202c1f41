// Starts Swagger UI on the page of the interface for programs: a file, so that no page needs inline scripts.
"use strict";

const place = document.getElementById("swagger-ui");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  docExpansion: "list",
  // nothing is asked from other servers, not even whether the document is valid
  validatorUrl: null,
  supportedSubmitMethods: ["get"],
});
