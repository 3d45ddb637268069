// The address to cite is the one that the page was read at; the built book cannot know it, and a disk has none to cite.
"use strict";
if (location.protocol === "file:") document.querySelectorAll("[data-address-line]").forEach((line) => line.remove());
for (const place of document.querySelectorAll("[data-address]")) place.textContent = location.href.split(/[?#]/)[0];
