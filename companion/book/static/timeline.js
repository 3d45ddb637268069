// The form above the timeline: what fits partner, kind and every word stays, the rest is hidden. The choice lives in the address.
"use strict";

const form = document.querySelector(".timeline-form");
const said = form.querySelector("output");
const names = ["partner", "kind", "find"];
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const years = [...document.querySelectorAll(".timeline section")].map((section) => ({
  section,
  events: [...section.querySelectorAll("li")].map((item) => ({ item, text: plain(item.textContent) })),
}));
let telling = 0;

function show() {
  const { partner, kind, find } = form.elements;
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { section, events } of years) {
    let here = 0;
    for (const { item, text } of events) {
      const fits = (!partner.value || item.dataset.partner.split(" ").includes(partner.value))
        && (!kind.value || item.dataset.kind === kind.value) && words.every((word) => text.includes(word));
      item.hidden = !fits;
      here += fits;
    }
    section.hidden = !here;
    count += here;
  }
  // Told once, when the typing pauses: a screen reader would read out every letter's count.
  clearTimeout(telling);
  telling = setTimeout(() => { said.value = `${count} event${count === 1 ? "" : "s"}.`; }, 400);
}

function fromAddress() {
  const asked = new URLSearchParams(location.search);
  for (const name of names) {
    const input = form.elements[name];
    input.value = asked.get(name) ?? "";
    if (input.selectedIndex === -1) input.selectedIndex = 0; // a value that is none of the options
  }
  show();
}

function toAddress() {
  const url = new URL(location.href);
  for (const name of names) {
    if (form.elements[name].value) url.searchParams.set(name, form.elements[name].value);
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.pushState(null, "", url);
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", show);
form.addEventListener("change", toAddress);
form.addEventListener("reset", () => setTimeout(() => { show(); toAddress(); }));
addEventListener("popstate", fromAddress);
form.hidden = false;
fromAddress();
// A link to an event that the form hides: the reader wants to see it.
addEventListener("hashchange", () => {
  const target = document.querySelector(":target");
  if (!target?.hidden) return;
  form.reset();
  setTimeout(() => target.scrollIntoView());
});
