// Before the first paint, so that a dark page does not flash white. The one script that stands inside the pages; the
// Content-Security-Policy names it by its hash. Storage can be forbidden: then the system's colours stand.
(function (root, mode) {
  try { mode = localStorage.getItem("mode"); } catch (error) { /* as above */ }
  if (["light", "dark"].indexOf(mode) < 0) mode = "auto";
  root.dataset.mode = mode;
  var system = mode === "auto" || matchMedia("(forced-colors: active)").matches; // as in theme.js
  root.dataset.theme = system ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : mode;
})(document.documentElement);
