// The few things on a page that need script. Each one is optional: without it the page still reads.
"use strict";

const root = document.documentElement;

// Colours: automatic, light, dark, in turn. layout.html has set the first one before the paint.
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const forcedColours = matchMedia("(forced-colors: active)"); // the system's ground: a theme for the other one would be lost on it
const switcher = document.querySelector(".theme-switch-button");
const MODES = { auto: "automatic", light: "light", dark: "dark" };

function setMode(mode) {
  root.dataset.mode = mode;
  root.dataset.theme = mode === "auto" || forcedColours.matches ? (darkScheme.matches ? "dark" : "light") : mode;
  switcher.setAttribute("aria-label", `Colours: ${MODES[mode]}`);
  switcher.title = `Colours: ${MODES[mode]}`;
}

switcher.addEventListener("click", () => {
  const names = Object.keys(MODES);
  const next = names[(names.indexOf(root.dataset.mode) + 1) % names.length];
  setMode(next);
  try {
    localStorage.setItem("mode", next);
  } catch (error) {
    // Storage is forbidden: the choice lasts as long as the page.
  }
  showKept();
});
for (const system of [darkScheme, forcedColours]) system.addEventListener("change", () => setMode(root.dataset.mode));
setMode(root.dataset.mode);

// All that the browser keeps of this book, by key: the colours and the guesses (companion.js). It can be erased on any page.
const keptLine = document.querySelector("[data-kept]");

function kept() {
  try {
    return Object.keys(localStorage).filter((key) => key === "mode" || key.startsWith("guess:"));
  } catch (error) {
    return []; // storage is forbidden
  }
}

function showKept() {
  keptLine.hidden = kept().length === 0;
}

keptLine.querySelector("button").addEventListener("click", () => {
  kept().forEach((key) => localStorage.removeItem(key));
  dispatchEvent(new StorageEvent("storage")); // as other pages that are open get it from the browser
  document.querySelector("[data-kept-said]").textContent = "Your guesses and your choice of colours are erased.";
  switcher.focus(); // the button that had the focus is gone
});
addEventListener("storage", () => {
  if (!kept().includes("mode")) setMode("auto");
  showKept();
});
document.addEventListener("input", showKept);
document.addEventListener("click", showKept); // a single guess may have been erased
showKept();

// Paper: light colours and everything unfolded, put back afterwards. Firefox reports printing by event,
// a browser that only emulates paper by media query.
let beforePrint = null;

function printing(on) {
  if (on && !beforePrint) {
    const folded = [...document.querySelectorAll("article details:not([open], .argument-map *)")];
    beforePrint = { theme: root.dataset.theme, folded };
    root.dataset.theme = "light";
    folded.forEach((details) => (details.open = true));
  } else if (!on && beforePrint) {
    root.dataset.theme = beforePrint.theme;
    beforePrint.folded.forEach((details) => (details.open = false));
    beforePrint = null;
  }
}

matchMedia("print").addEventListener("change", (event) => printing(event.matches));
addEventListener("beforeprint", () => printing(true));
addEventListener("afterprint", () => printing(false));

// A box that scrolls must take the focus, or a keyboard cannot scroll it; one that does not scroll must
// not, or it is a stop on the way for nothing. Which it is changes with width, folds and controls.
function markScrolling() {
  document.querySelectorAll("article .scroll, article pre").forEach((box, index) => {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls === box.hasAttribute("tabindex")) return;
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      // Numbered, for two landmarks of a page may not share a name.
      box.setAttribute("aria-label", `Scrolling ${box.matches("pre") ? "text" : "table"} ${index + 1}`);
    } else {
      ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
    }
  });
}

let marking = 0;
function markSoon() {
  cancelAnimationFrame(marking);
  marking = requestAnimationFrame(markScrolling);
}

addEventListener("resize", markSoon);
addEventListener("load", markSoon);
for (const event of ["toggle", "change"]) document.addEventListener(event, markSoon, true);
markSoon();

// A link in a menu that lies over the page leads to the page: close the menu.
document.querySelectorAll("nav[popover]").forEach((menu) =>
  menu.addEventListener("click", (event) => {
    if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
  })
);

// On this page: mark the section being read.
const sectionLinks = new Map(
  [...document.querySelectorAll(".page-nav a")].map((link) => [
    document.getElementById(decodeURIComponent(link.hash.slice(1))),
    link,
  ])
);
const seen = new Set();
const reading = new IntersectionObserver(
  (entries) => {
    entries.forEach((entry) => seen[entry.isIntersecting ? "add" : "delete"](entry.target));
    const current = [...sectionLinks.keys()].filter((section) => seen.has(section)).pop();
    sectionLinks.forEach((link, section) => {
      if (section === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  },
  { rootMargin: "0px 0px -70%" }
);
sectionLinks.forEach((link, section) => section && reading.observe(section));

// Copy buttons on source code. Browsers allow copying on safe origins only; elsewhere there is no button.
if (navigator.clipboard) {
  document.querySelectorAll("article .highlight > pre").forEach((pre) => {
    if (pre.closest(".cell_output")) return;
    const button = document.createElement("button"), said = document.createElement("output");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy"; // always: a name that goes back would be read out a second time
    said.className = "copied";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent);
      said.value = "Copied";
      setTimeout(() => (said.value = ""), 2000);
    });
    pre.after(button, said);
  });
}
