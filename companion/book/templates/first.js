// Before the first paint, so that a dark page does not flash white and no line moves when the typeface comes. The one script
// that stands inside the pages; the Content-Security-Policy names it by its hash. Storage can be forbidden: then the system's
// colours stand.
(function (root, mode) {
  try { mode = localStorage.getItem("mode"); } catch (error) { /* as above */ }
  if (["light", "dark"].indexOf(mode) < 0) mode = "auto";
  root.dataset.mode = mode;
  var system = mode === "auto" || matchMedia("(forced-colors: active)").matches; // as in theme.js
  root.dataset.theme = system ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : mode;
  // The typeface lies in a style sheet that was read just now, but browsers unpack it behind the first paint.
  var show = function () { delete root.dataset.waits; };
  root.dataset.waits = "";
  setTimeout(show, 1000);
  document.fonts.load("1em Newsreader").then(show, show);
})(document.documentElement);
