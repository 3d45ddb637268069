// The search: the browser makes the index from the book's text (search-index.js) and ranks whole pages, the best places of each below.
"use strict";

// --- words ---------------------------------------------------------------------------------------------------------
const WORD = /[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu;
const stemmer = new Stemmer();
const unsaid = new Set(BOOK.unsaid);

// What a word is found by: small, without accents and endings. Words of two letters or with a digit stay as they are.
function root(word) {
  const small = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/['’].*$/, "");
  return /^\p{L}{3,}$/u.test(small) ? stemmer.stemWord(small) : small;
}

const words = (text) => text.match(WORD) ?? [];
const says = new Map(Object.entries(BOOK.says).map(([word, said]) => [root(word), words(said)]));

// --- the index -----------------------------------------------------------------------------------------------------
const spelt = new Map(); // root to the word as it first stands in the book
const index = new MiniSearch({
  fields: ["title", "heading", "text"],
  storeFields: ["page"],
  tokenize: words,
  processTerm: (word) => {
    const found = root(word);
    if (!spelt.has(found)) spelt.set(found, word.toLowerCase());
    return found;
  },
});
const places = BOOK.pages.flatMap(([address, title, parts]) =>
  parts.map(([anchor, heading, text, kind]) => ({ page: address, title, anchor, heading, text, kind })));
index.addAll(places.map((place, id) => ({ id, ...place })));

// A topic is a chapter's matter before it is a claim's; a claim wins where its own words are typed.
const WEIGHTS = [["chapters/", 1.3], ["claims/", 0.7], ["", 1]];
const weight = (address) => WEIGHTS.find(([start]) => address.startsWith(start))[1];

const OPTIONS = {
  boost: { title: 2, heading: 2 },
  prefix: (term) => term.length > 2,
  fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  weights: { fuzzy: 0.3, prefix: 0.5 },
  processTerm: root,
};

// [{address, title, places: [{place, roots}]}], best first; roots: what the place holds of what was asked.
function find(asked) {
  const typed = words(asked).filter((word) => !unsaid.has(word.toLowerCase()));
  const wanted = typed.length ? typed : words(asked);
  const found = new Map();
  const take = (word) => {
    for (const hit of index.search([word, ...(says.get(root(word)) ?? [])].join(" "), OPTIONS)) {
      const page = found.get(hit.page) ?? found.set(hit.page, { covered: new Map(), places: new Map() }).get(hit.page);
      page.covered.set(word, Math.max(page.covered.get(word) ?? 0, hit.score));
      const place = page.places.get(hit.id) ?? page.places.set(hit.id, { place: places[hit.id], score: 0, roots: new Set() }).get(hit.id);
      place.score += hit.score;
      hit.terms.forEach((term) => place.roots.add(term));
    }
  };
  wanted.forEach(take);
  return [...found].map(([address, { covered, places: hits }]) => {
    const best = [...hits.values()].sort((a, b) => b.score - a.score);
    const score = (best[0].score + 0.2 * best.slice(1, 4).reduce((sum, hit) => sum + hit.score, 0)) * (covered.size / wanted.length) ** 2 * weight(address);
    return { address, title: best[0].place.title, places: best.slice(0, 2), score };
  }).sort((a, b) => b.score - a.score);
}
