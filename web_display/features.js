// @ts-check
/* A classic script on purpose: it must also run in browsers that it rejects. */
(function () {
  "use strict";
  /** @type {string[]} */
  var missing = [];
  /** @param {string} name @param {boolean} there */
  function need(name, there) {
    if (!there) missing.push(name);
  }
  need("WebSocket", "WebSocket" in window);
  need("createImageBitmap", "createImageBitmap" in window);
  need("ResizeObserver", "ResizeObserver" in window);
  need("TextDecoder", "TextDecoder" in window);
  need("canvas roundRect", "CanvasRenderingContext2D" in window && "roundRect" in CanvasRenderingContext2D.prototype);
  need("modules", "noModule" in HTMLScriptElement.prototype);
  need("color-mix", "CSS" in window && CSS.supports("color", "color-mix(in srgb, red 50%, blue)"));
  if (!missing.length) return;
  document.addEventListener("DOMContentLoaded", function () {
    var notice = document.getElementById("unsupported");
    if (!notice) return;
    notice.removeAttribute("hidden");
    // In both languages: the page's translation cannot run here.
    notice.textContent =
      "This browser is too old for the station. It lacks: " + missing.join(", ") +
      ". Use a current Chromium, Firefox or Safari. " +
      "Dieser Browser ist zu alt für die Station; bitte einen aktuellen verwenden.";
  });
})();
