// A form above a long list: what fits every control and every word stays, the rest is hidden. The choice lives in the address.
"use strict";

const form = document.querySelector("form.narrow");
const said = form.querySelector("output");
const { groups, items, noun } = form.dataset; // selectors of the list's parts and of what is in them, and its name
const controls = [...form.querySelectorAll("select, input")];
// The words of a text, small and without accents. A typed word finds those that begin with it: "aid" is not in "said".
const worded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const parts = [...document.querySelectorAll(groups)].map((part) => ({
  part,
  entries: [...part.querySelectorAll(items)].map((item) => {
    const places = item.querySelectorAll("[data-words]"); // where words are looked for; the whole entry if it names no place
    return { item, text: ` ${worded([...(places.length ? places : [item])].map((e) => e.textContent).join(" ")).join(" ")}` };
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

// first: what is to be said before the count.
function show(first = "") {
  const wanted = asked();
  const words = worded(form.elements.find.value);
  let count = 0;
  for (const { part, entries } of parts) {
    let here = 0;
    for (const { item, text } of entries) {
      const fits = wanted.every(([name, value]) => item.getAttribute(`data-${name}`).split(" ").includes(value))
        && words.every((word) => text.includes(` ${word}`));
      item.hidden = !fits;
      here += fits;
    }
    part.hidden = !here;
    count += here;
  }
  // Told once, when the typing pauses: a screen reader would read out every letter's count.
  clearTimeout(telling);
  telling = setTimeout(() => {
    said.value = first || (count ? `${count} ${noun}${count === 1 ? "" : "s"}.` : `No ${noun} fits. Try another word, or show all.`);
    toAddress("replaceState"); // a list found by words can be linked although no "change" has come yet
  }, 400);
}

function clear(why) {
  for (const control of controls) control.value = "";
  show(`${why}, so all ${noun}s are shown.`);
  toAddress("replaceState");
}

function fromAddress() {
  const choice = new URLSearchParams(location.search);
  for (const control of controls) control.value = choice.get(control.name) ?? "";
  if (controls.some((control) => control.selectedIndex === -1)) clear("The address names a choice that does not exist");
  else show();
}

// The entry that the address names is what the reader wants to see, whatever the form says.
const named = () => document.getElementById(location.hash.slice(1));
function toTarget() {
  const target = named();
  if (!target) return;
  if (target.closest("[hidden]")) clear(`The ${noun} in the address does not fit the choice`);
  const fold = target.matches(items) && target.querySelector(":scope > details");
  if (fold) fold.open = true;
  target.scrollIntoView();
}

function address() {
  const url = new URL(location.href);
  for (const { name, value } of controls) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (named()?.closest("[hidden]")) url.hash = ""; // the reader has moved on
  return url.href;
}

function toAddress(how = "pushState") {
  if (address() !== location.href) history[how](null, "", address());
}

function copy() {
  // Without a secure context there is no clipboard: the address is then shown to copy by hand.
  (navigator.clipboard ? navigator.clipboard.writeText(address()) : Promise.reject())
    .then(() => { said.value = ""; said.value = "Link copied."; }, () => prompt("Link to this list", address()));
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => show());
form.addEventListener("change", () => toAddress());
form.addEventListener("reset", () => setTimeout(() => { show(); toAddress(); }));
form.querySelector("[data-copy]").addEventListener("click", copy);
addEventListener("popstate", () => {
  if (new URL(address()).search !== location.search) fromAddress(); // a link inside the page comes here too
});
addEventListener("hashchange", toTarget);
form.hidden = false;
fromAddress();
toTarget();
