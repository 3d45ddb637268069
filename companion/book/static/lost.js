// On the page for a missing address: a host shows it at any depth, so it asks for this script at several. Where one is
// found, the book begins, and the links of the page are set from there.
"use strict";
if (!("found" in document.documentElement.dataset)) {
  document.documentElement.dataset.found = "";
  const root = new URL("../", document.currentScript.src);
  for (const name of ["href", "action"]) {
    for (const part of document.querySelectorAll(`[${name}]`)) {
      const written = part.getAttribute(name);
      if (!/^([a-z]+:|[#/])/.test(written)) part.setAttribute(name, new URL(written, root));
    }
  }
  const script = document.createElement("script");
  script.src = new URL("_static/theme.js", root);
  document.head.append(script);
}
