// The search. The browser makes the index from the book's text (search-index.js); pages are ranked, each with its best places.
"use strict";

// --- words ---------------------------------------------------------------------------------------------------------

const stemmer = new Stemmer();
const unsaid = new Set(BOOK.unsaid);
const WORD = /[\p{L}\p{N}]+/gu;
const words = (text) => text.match(WORD) ?? [];

// What a word is found by: small, without accents and endings.
function stem(word) {
  const small = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return /^\p{L}{3,}$/u.test(small) ? stemmer.stemWord(small) : small;
}

// The words that say what is looked for: all of them, if none does.
function telling(text) {
  const told = words(text).filter((word) => !unsaid.has(word.toLowerCase()));
  return told.length ? told : words(text);
}

const says = new Map(Object.entries(BOOK.says).map(([word, said]) => [stem(word), said]));

// --- the index -----------------------------------------------------------------------------------------------------

const places = BOOK.pages.flatMap(([page, title, parts]) =>
  parts.map(([anchor, heading, text, kind]) => ({
    page, title, anchor, heading, text, kind, heads: new Set(telling(heading.replace(/\(.*?\)/g, "")).map(stem)),
  })));
const spelt = new Map(); // what a word is found by, to the word as it first stands in the book
const index = new MiniSearch({
  fields: ["title", "heading", "text"],
  storeFields: ["page"],
  tokenize: words,
  processTerm: (word) => {
    const found = stem(word);
    if (!spelt.has(found)) spelt.set(found, word.toLowerCase());
    return found;
  },
});
index.addAll(places.map((place, id) => ({ id, ...place })));

// --- the ranking ---------------------------------------------------------------------------------------------------

// A topic is a chapter's matter first, and a claim's or a table's after that.
const WEIGHTS = [["chapters/", 1.3], ["claims/", 0.6], ["catalogue", 0.7], ["timeline", 0.8], ["", 1]];
const weight = (page) => WEIGHTS.find(([start]) => page.startsWith(start))[1];
const NEXT = 0.5; // what each further place of a page adds, of what the one before added
const SAID = 0.3; // what the book says instead of a word counts less than the word
const MATCHING = {
  boost: { title: 2, heading: 2 },
  boostTerm: (term, at) => (at ? SAID : 1),
  prefix: (term) => term.length > 2,
  fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  weights: { fuzzy: 0.3, prefix: 0.5 },
  processTerm: stem,
};

// [{page, title, hits: [{place, score, terms}]}], best first; terms: what a place holds of what was asked, as stems.
function look(asked) {
  const wanted = telling(asked);
  const found = new Map(); // page to the words that it holds, and its places
  for (const word of wanted) {
    for (const { id, page, score, terms } of index.search(`${word} ${says.get(stem(word)) ?? ""}`, MATCHING)) {
      if (!found.has(page)) found.set(page, { held: new Set(), hits: new Map() });
      const { held, hits } = found.get(page);
      held.add(word);
      if (!hits.has(id)) hits.set(id, { place: places[id], score: 0, terms: new Set() });
      hits.get(id).score += score;
      terms.forEach((term) => hits.get(id).terms.add(term));
    }
  }
  const ranked = [...found].map(([page, { held, hits }]) => {
    for (const hit of hits.values()) {
      // Where the words asked are those of a heading, that is the place: a term, a table, a claim by its statement.
      const same = [...hit.place.heads].filter((head) => hit.terms.has(head)).length;
      if (same) hit.score *= 1 + ((same / hit.place.heads.size) * same) / 3;
    }
    const best = [...hits.values()].sort((a, b) => b.score - a.score);
    const sum = best.reduce((total, hit, at) => total + hit.score * NEXT ** at, 0);
    return { page, title: best[0].place.title, hits: best, score: sum * (held.size / new Set(wanted).size) ** 2 * weight(page) };
  });
  return ranked.sort((a, b) => b.score - a.score);
}

// Words of the book that are spelt like those asked, nearest first.
function near(asked) {
  const found = index.search(asked, { fuzzy: 0.4, processTerm: stem });
  return [...new Set(found.flatMap((hit) => hit.terms))].slice(0, 5).map((term) => spelt.get(term));
}

// --- the page ------------------------------------------------------------------------------------------------------

const KINDS = { figure: "Figure", exploration: "Try it", term: "Glossary" };
const MOST = 20; // pages shown
const LONG = 220; // characters of a quotation, about
const asking = document.querySelector("main .search-form");
const list = document.querySelector("#search-results");
const saying = document.querySelector("#search-said");
const { title } = document;

// An element with text and elements in it. All that is shown passes here, as text: what is typed never becomes HTML.
function make(name, attributes, ...inside) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...inside);
  return made;
}

// A text with the words found as <mark>.
function marked(text, terms) {
  const parts = [];
  let end = 0;
  for (const word of text.matchAll(WORD)) {
    if (!terms.has(stem(word[0]))) continue;
    parts.push(text.slice(end, word.index), make("mark", {}, word[0]));
    end = word.index + word[0].length;
  }
  return [...parts, text.slice(end)];
}

// The part of a text that holds most of the words found, begun at a sentence where one begins near.
function quotation(text, terms) {
  const found = [...text.matchAll(WORD)].filter((word) => terms.has(stem(word[0])));
  const held = (from) => new Set(found.filter(({ index: at }) => at >= from && at < from + LONG).map((word) => stem(word[0]))).size;
  const first = found.reduce((best, { index: at }) => (held(at) > held(best) ? at : best), found[0]?.index ?? 0);
  const sentence = Math.max(...[...text.slice(0, first).matchAll(/[.?!]”? /g)].map((stop) => stop.index + stop[0].length), 0);
  const start = first - sentence < LONG / 2 ? sentence : text.indexOf(" ", first - LONG / 4) + 1;
  const cut = text.length > start + LONG ? text.lastIndexOf(" ", start + LONG) : text.length;
  return `${start > sentence ? "… " : ""}${text.slice(start, cut)}${cut < text.length ? " …" : ""}`;
}

function result({ page, title, hits }) {
  const shown = hits.slice(0, 2).map(({ place, terms }) => {
    const line = make("p");
    if (KINDS[place.kind]) line.append(make("span", { className: "kind" }, KINDS[place.kind]), " ");
    if (place.anchor) line.append(make("a", { href: `${page}#${place.anchor}` }, ...marked(place.heading, terms)), ". ");
    else if (place.kind === "claim") line.append(...marked(place.heading, terms), " ");
    line.append(...marked(quotation(place.text, terms), terms));
    return line;
  });
  const kind = page.startsWith("claims/") ? [make("span", { className: "kind" }, "Claim"), " "] : [];
  return make("li", {}, make("h2", {}, ...kind, make("a", { href: page }, title)), ...shown);
}

function show() {
  const asked = asking.elements.q.value.trim();
  const found = asked ? look(asked) : [];
  list.replaceChildren(...found.slice(0, MOST).map(result));
  saying.textContent = !asked ? "" : found.length > MOST ? `${found.length} pages found; the best ${MOST} are shown.`
    : found.length ? `${found.length} page${found.length === 1 ? "" : "s"} found.` : `Nothing found for “${asked}”.`;
  if (asked && !found.length) {
    const words = near(asked).flatMap((word, at) => [at ? ", " : "", make("a", { href: `?q=${encodeURIComponent(word)}` }, word)]);
    if (words.length) saying.append(" Did you mean ", ...words, "?");
  }
  document.title = asked ? `${asked} – ${title}` : title;
  history.replaceState(null, "", asked ? `?q=${encodeURIComponent(asked)}` : location.pathname);
}

let waiting = 0;
asking.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 250); // once, when the typing pauses: a screen reader would read out every letter's count
});
asking.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  show();
});
asking.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
show();
