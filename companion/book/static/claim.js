// The address to cite is the one that the page was read at; the built book cannot know it.
"use strict";
for (const place of document.querySelectorAll("[data-address]")) place.textContent = location.href.split(/[?#]/)[0];
