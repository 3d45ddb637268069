// A form above a long list: what fits every control and every word stays, the rest is hidden. The choice lives in the address.
"use strict";

const form = document.querySelector("form.narrow");
const said = form.querySelector("output");
const { groups, items, noun } = form.dataset; // selectors of the list's parts and of what is in them, and its name
const controls = [...form.querySelectorAll("select, input")];
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const parts = [...document.querySelectorAll(groups)].map((part) => ({
  part,
  entries: [...part.querySelectorAll(items)].map((item) => {
    const worded = item.querySelectorAll("[data-words]"); // where words are looked for; the whole entry if it names no place
    return { item, text: plain([...(worded.length ? worded : [item])].map((e) => e.textContent).join(" ")) };
  }),
}));
let telling = 0;

// A select keeps the entries whose data under its name hold its value; another select may pick under which name to look.
function asked() {
  return controls.filter((c) => c.matches("select:not([data-picks])") && c.value).map(({ name, value }) => {
    const picker = form.querySelector(`[data-picks="${name}"]`);
    return [picker?.value ? `${name}-${picker.value}` : name, value];
  });
}

function show() {
  const wanted = asked();
  const words = plain(form.elements.find.value).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { part, entries } of parts) {
    let here = 0;
    for (const { item, text } of entries) {
      const fits = wanted.every(([name, value]) => item.getAttribute(`data-${name}`).split(" ").includes(value))
        && words.every((word) => text.includes(word));
      item.hidden = !fits;
      here += fits;
    }
    part.hidden = !here;
    count += here;
  }
  // Told once, when the typing pauses: a screen reader would read out every letter's count.
  clearTimeout(telling);
  telling = setTimeout(() => { said.value = `${count} ${noun}${count === 1 ? "" : "s"}.`; }, 400);
}

function fromAddress() {
  const address = new URLSearchParams(location.search);
  for (const control of controls) {
    control.value = address.get(control.name) ?? "";
    if (control.selectedIndex === -1) control.selectedIndex = 0; // a value that is none of the options
  }
  show();
}

function toAddress() {
  const url = new URL(location.href);
  for (const { name, value } of controls) {
    if (value) url.searchParams.set(name, value);
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
// A link to an entry that the form hides: the reader wants to see it.
addEventListener("hashchange", () => {
  const target = document.querySelector(":target");
  if (!target?.closest("[hidden]")) return;
  form.reset();
  setTimeout(() => target.scrollIntoView());
});
