// The box above the tables: what holds every word that was typed stays, the rest is hidden.
"use strict";

const form = document.querySelector(".filter");
const box = form.querySelector("input");
const said = form.querySelector("output");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const tables = [...document.querySelectorAll("section[id^='table-']")].map((section) => ({
  section,
  text: plain([...section.querySelectorAll(":scope > :is(h2, .facts, .about)")].map((e) => e.textContent).join(" ")),
  items: [...section.querySelectorAll("[data-item]")].map((item) => ({ item, text: plain(item.textContent) })),
  fold: section.querySelector(".fields").closest("details"),
}));

let telling = 0;

function filter() {
  const words = plain(box.value).split(/\s+/).filter(Boolean);
  const count = { table: 0, field: 0, source: 0 };
  const fits = ({ text }) => words.every((word) => text.includes(word));
  for (const table of tables) {
    const itself = fits(table);
    const hits = new Set(table.items.filter(fits));
    // A table that was found by its own words, and by none of its parts, is shown with all of them.
    const whole = itself && (!hits.size || !words.length);
    table.section.hidden = !itself && !hits.size;
    for (const part of table.items) part.item.hidden = !whole && !hits.has(part);
    table.fold.open = words.length > 0 && [...hits].some(({ item }) => item.dataset.item === "field");
    count.table += itself;
    for (const { item } of hits) count[item.dataset.item] += 1;
  }
  // On a phone the box is at the foot of the first screen, and what it finds would be below.
  if (words.length && form.getBoundingClientRect().top > innerHeight / 3) form.scrollIntoView();
  // Told once, when the typing pauses: a screen reader would read out every letter's count.
  clearTimeout(telling);
  telling = setTimeout(() => {
    const parts = Object.entries(count).map(([name, n]) => `${n} ${name}${n === 1 ? "" : "s"}`);
    said.value = words.length ? `Found: ${parts.join(", ")}.` : "";
  }, 500);
}

function clear() {
  box.value = "";
  filter();
}

form.addEventListener("submit", (event) => event.preventDefault());
box.addEventListener("input", filter);
box.addEventListener("keydown", (event) => event.key === "Escape" && clear());
// A link to a table that the filter hides: the reader wants to see it.
addEventListener("hashchange", () => {
  const target = document.querySelector(":target");
  if (!target?.hidden) return;
  clear();
  target.scrollIntoView();
});
form.hidden = false;
