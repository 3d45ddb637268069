// The argument map: what a reader sets is followed through the argument at once, as companion/argument.py does it.
// A front end for anywidget; the built book serves the same file with a model of its own (companion/argument_map.py).
const WORDS = ["falls", "shaky", "stands"]; // a value is a place in this list, so the weakest is the least
const IS = ["falls", "is shaky", "stands"], NOW = ["now falls", "is now shaky", "now stands"];
const STILL = ["still falls", "is still shaky", "still stands"];
const JOINS = { all: "needs all of them", any: "any one is enough" };
const NEEDS = { all: "needs all of them", any: "needs any one of them" };
const STARTS = { essay: "as the essay has it", then: "as of September 2014", now: "today" };
const CODINGS = { settled: "the settled coding", first: "the first coding" };
const QUIET = 500; // ms without a change after which it is read out

/* What follows. A tree is {claim: joint}, a joint {name, join, parts}, a part a claim or a joint. */

const strongest = (joint, turned) => (joint.join === "any") !== turned.includes(joint.name);
function claimsOf(part) {
  return typeof part === "string" ? [part] : part.parts.flatMap(claimsOf);
}
function groupsOf(part) {
  if (typeof part === "string") return [];
  return [...(part.parts.length > 1 ? [part] : []), ...part.parts.flatMap(groupsOf)];
}

// The joint that is drawn at a claim: one that only holds a group is that group.
const drawn = (joint) => (joint.parts.length === 1 && typeof joint.parts[0] !== "string" ? drawn(joint.parts[0]) : joint);

const weakest = (a, b) => Math.min(a, b), best = (a, b) => Math.max(a, b); // of two: reduce would hand over more
// Follows `own` upwards; `weak` and `strong` join two values, so that one function does single values and many at once.
function follow(tree, own, turned, weak, strong, unknown) {
  const found = new Map();
  const of = (part) => {
    if (typeof part !== "string") return part.parts.map(of).reduce(strongest(part, turned) ? strong : weak);
    if (!found.has(part)) {
      const parts = [];
      if (part in own) parts.push(own[part]);
      if (part in tree) parts.push(of(tree[part]));
      found.set(part, parts.length ? parts.reduce(weak) : unknown);
    }
    return found.get(part);
  };
  for (const claim of new Set([...Object.keys(own), ...Object.keys(tree)])) of(claim);
  return found;
}

function known(data, state) {
  const own = {};
  for (const claim of Object.keys(data.labels)) {
    if (claim in state.mine) own[claim] = WORDS.indexOf(state.mine[claim]);
    else if (data.theses[state.coding].includes(claim)) continue;
    else if (claim in data.starts[state.start]) own[claim] = data.starts[state.start][claim];
    else if (!(claim in data.trees[state.coding])) own[claim] = 1;
  }
  return own;
}

function values(data, state) {
  return follow(data.trees[state.coding], known(data, state), state.turned, weakest, best, 1);
}

function under(data, coding) {
  const tree = data.trees[coding], reached = new Set([data.conclusion]);
  for (const claim of reached) if (claim in tree) claimsOf(tree[claim]).forEach((other) => reached.add(other));
  return reached;
}

/* In words. */

function reason(data, state, claim) {
  const tree = data.trees[state.coding], own = known(data, state), found = values(data, state), value = found.get(claim);
  const said = (name) => `“${data.labels[name]}”`;
  if (value === 2) return `${said(claim)} stands${claim in tree ? ": what it needs stands" : " by itself"}.`;
  const worth = (part) => (typeof part === "string" ? found.get(part)
    : part.parts.map(worth).reduce(strongest(part, state.turned) ? best : weakest));
  let text = `${said(claim)} ${IS[value]}`, at = claim;
  while (at in tree && (own[at] ?? 2) !== value) {
    let part = tree[at];
    while (typeof part !== "string") {
      if (strongest(part, state.turned) && part.parts.length > 1) {
        const none = value === 1 ? "none of them stands" : "all of them fall";
        return `${text}${at === claim ? ": it" : ", which"} needs one of ${claimsOf(part).map(said).join(", ")}, and ${none}.`;
      }
      part = part.parts.find((inner) => worth(inner) === value);
    }
    text += `${at === claim ? ": it" : ", which"} needs ${said(part)}`;
    at = part;
  }
  return `${text}${at === claim ? " by itself" : `, which ${IS[value]} by itself`}.`;
}

// What another start, another coding or one turned joint did; nothing for any other change.
function did(data, before, after, was, now) {
  const { coding } = after, what = [];
  const turned = [...before.turned.filter((n) => !after.turned.includes(n)), ...after.turned.filter((n) => !before.turned.includes(n))];
  if (before.start !== after.start) what.push(STARTS[after.start]);
  if (before.coding !== coding) what.push(CODINGS[coding]);
  if (JSON.stringify(before.mine) !== JSON.stringify(after.mine)) return "";
  if (what.length) {
    const below = [...under(data, coding)], text = what.join(", ");
    const changed = below.filter((claim) => was.get(claim) !== now.get(claim)).length;
    return `${text[0].toUpperCase()}${text.slice(1)}: ${changed || "none"} of the ${below.length} claims in the tree changed value. `;
  }
  if (turned.length !== 1) return "";
  const [name] = turned, claim = name.split(".", 1)[0], top = data.trees[coding][claim], whole = drawn(top).name === name;
  const join = strongest(groupsOf(top).find((joint) => joint.name === name), after.turned) ? "any" : "all";
  const value = now.get(claim);
  return `${whole ? "" : "A part of "}“${data.labels[claim]}” now ${NEEDS[join]}; ${whole ? "it" : "the claim"} `
    + `${(was.get(claim) === value ? STILL : NOW)[value]}. `;
}

// What is said where a reader comes to a state by an address: of the one claim that is set, or how many are.
function arrived(data, state) {
  const set = Object.keys(state.mine);
  if (set.length === 1) return told(data, { ...state, mine: {} }, state, set[0], true);
  return reason(data, state, data.conclusion) + (set.length ? ` ${set.length} claims are set.` : "");
}

// What is said after a change: why the conclusion is what it is, and where the change of one claim stopped.
function told(data, before, after, claim, come = false) {
  const end = data.conclusion, was = values(data, before), now = values(data, after), said = (name) => `“${data.labels[name]}”`;
  let text = reason(data, after, end);
  if (was.get(end) !== now.get(end) && !come) text = text.replace(`” ${IS[now.get(end)]}`, `” ${NOW[now.get(end)]}`);
  if (!claim) return did(data, before, after, was, now) + text;
  if (claim in after.mine && now.get(claim) < WORDS.indexOf(after.mine[claim])) {
    return `${text} A claim is no stronger than what it needs${claim === end ? "." : `: ${reason(data, after, claim)}`}`;
  }
  const below = under(data, after.coding), tree = data.trees[after.coding];
  if (!below.has(claim)) return `${text} ${said(claim)} carries nothing to it here.`;
  if (was.get(claim) === now.get(claim)) return `${text} That changes nothing.`;
  if (was.get(end) !== now.get(end) || claim === end) return text;
  const next = (name) => Object.keys(data.labels).find((c) => below.has(c) && c in tree && claimsOf(tree[c]).includes(name));
  let above = next(claim);
  while (was.get(above) !== now.get(above)) above = next(above);
  const since = now.get(above) === 2 ? ", since one is enough there" : "";
  return `${text} The change to ${said(claim)} stops at ${said(above)}, which ${STILL[now.get(above)]}${since}.`;
}

/* Weights: the end of every assignment at once, a bit for each. Two planes of bits tell three values apart. */

function weights(data, coding, turned) {
  const free = data.free[coding], n = free.length, words = Math.max(1, 2 ** (n - 5));
  const filled = (bits) => new Uint32Array(words).fill(bits);
  const LOW = [0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000];
  const own = Object.fromEntries(free.map((claim, i) => {
    const bits = i < 5 ? filled(LOW[i]) : filled(0).map((_, word) => (word >> (i - 5) & 1 ? 0xffffffff : 0));
    return [claim, [bits, bits]];
  }));
  const both = (join) => (a, b) => [0, 1].map((plane) => a[plane].map((bits, word) => join(bits, b[plane][word])));
  const end = follow(data.trees[coding], own, turned, both((a, b) => a & b), both((a, b) => a | b),
    [filled(0xffffffff), filled(0)]).get(data.conclusion);
  const used = n < 5 ? 2 ** 2 ** n - 1 : 0xffffffff;
  const ones = (bits) => {
    let count = 0;
    for (let left = bits >>> 0; left; left &= left - 1) count += 1;
    return count;
  };
  const standing = end[1].reduce((sum, bits) => sum + ones(bits & used), 0);
  const counts = free.map((claim, i) => {
    let count = 0;
    for (let word = 0; word < words; word += 1) {
      let flips = 0;
      for (const bits of end) {
        if (i < 5) flips |= (bits[word] ^ (bits[word] >>> 2 ** i)) & ~LOW[i];
        else if (!(word >> (i - 5) & 1)) flips |= bits[word] ^ bits[word + 2 ** (i - 5)];
      }
      count += ones(flips & used);
    }
    return [claim, count];
  });
  return { standing, counts: counts.sort((a, b) => b[1] - a[1]) }; // sort is stable
}

function carriers(data, coding, turned) {
  const standing = Object.fromEntries(data.free[coding].map((claim) => [claim, 2]));
  return data.free[coding].filter((claim) => follow(data.trees[coding], { ...standing, [claim]: 0 }, turned, weakest, best, 1)
    .get(data.conclusion) === 0);
}

/* The state in the address: only what differs from the start. */

// hash: the part of the page that the map stands in, so that a link leads to it.
function toAddress(data, state, hash) {
  const url = new URL(location.href), parts = {
    start: state.start === data.default.start ? "" : state.start, coding: state.coding === data.default.coding ? "" : state.coding,
    turned: state.turned.join("_"), set: Object.entries(state.mine).map(([claim, value]) => `${claim}.${value}`).join("_"),
  };
  for (const [name, text] of Object.entries(parts)) {
    if (text) url.searchParams.set(name, text);
    else url.searchParams.delete(name);
  }
  if (hash) url.hash = hash;
  return url;
}

// The state; of one that does not exist the default, and what of it is bad.
function fromAddress(data) {
  const asked = new URLSearchParams(location.search), list = (name) => (asked.get(name) || "").split("_").filter(Boolean);
  const start = asked.get("start") || data.default.start, coding = asked.get("coding") || data.default.coding;
  const lost = (kind, name) => ({ state: data.default, bad: `${kind} “${name}”` });
  if (!Object.hasOwn(data.starts, start)) return lost("start", start);
  if (!Object.hasOwn(data.trees, coding)) return lost("coding", coding);
  const turned = list("turned"), joints = Object.values(data.trees[coding]).flatMap(groupsOf).map((joint) => joint.name);
  const joint = turned.find((name) => !joints.includes(name));
  if (joint) return lost("joint", joint);
  const pairs = list("set").map((pair) => pair.split("."));
  for (const [claim, value = ""] of pairs) {
    if (!Object.hasOwn(data.labels, claim)) return lost("claim", claim);
    if (!WORDS.includes(value)) return lost("value", value);
  }
  return { state: { start, coding, turned, mine: Object.fromEntries(pairs) } };
}

/* The page. */

function render({ model, el }) {
  if (model.get("html")) el.innerHTML = model.get("html");
  const data = model.get("data"), root = el.matches("[data-argument-map]") ? el : el.querySelector("[data-argument-map]");
  const one = (selector) => root.querySelector(selector), all = (selector) => [...root.querySelectorAll(selector)];
  const status = one("[role=status]"), copied = one("[data-copied]"), form = one("form"), hash = root.closest("section[id]")?.id;
  const read = () => ({ start: model.get("start"), coding: model.get("coding"), turned: model.get("turned"), mine: model.get("mine") });
  let shown = read(), writing = false, timer;

  // text: what is said of a state that the reader did not set; the address then has it already.
  function write(state, claim, text) {
    writing = true; // a model tells of each name by itself, and a state is all four
    Object.entries(state).forEach(([name, value]) => model.set(name, value));
    writing = false;
    model.save_changes();
    changed(claim, text);
    if (text || !model.get("address")) return;
    const address = toAddress(data, state, hash);
    if (address.search !== location.search) history.pushState(null, "", address);
  }
  function put(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  function show(state, text) {
    const now = values(data, state), { coding, turned, mine } = state;
    all("[data-coding]").forEach((tree) => { tree.hidden = tree.dataset.coding !== coding; });
    for (const item of all("[data-claim]")) {
      const word = WORDS[now.get(item.dataset.claim)];
      if (item.dataset.value === word) continue;
      item.dataset.value = word;
      item.querySelector(".map-mark").dataset.mark = word;
      item.querySelector("b").textContent = word;
    }
    const own = known(data, { ...state, mine: {} });
    for (const select of all("[data-set]")) {
      const claim = select.dataset.set, start = own[claim];
      select.value = mine[claim] || "";
      select.dataset.mine = mine[claim] ? "yes" : "";
      const found = claim in data.starts[state.start] ? `${state.start === "essay" ? "essay" : "we found"}: ${WORDS[start]}` : "nothing known";
      put(select.options[0], claim in own ? found : "by what it needs");
    }
    const groups = Object.values(data.trees[coding]).flatMap(groupsOf);
    const join = Object.fromEntries(groups.map((joint) => [joint.name, strongest(joint, turned) ? "any" : "all"]));
    const here = one(`[data-coding="${coding}"]`);
    for (const part of here.querySelectorAll("[data-joint]")) if (part.dataset.joint in join) part.dataset.join = join[part.dataset.joint];
    for (const word of here.querySelectorAll("[data-joint-word]")) put(word, JOINS[join[word.dataset.jointWord]]);
    for (const select of here.querySelectorAll("[data-turn]")) {
      select.value = join[select.dataset.turn];
      select.dataset.mine = turned.includes(select.dataset.turn) ? "yes" : "";
    }
    for (const name of ["start", "coding"]) form.elements[`map-${name}`].value = state[name];
    one(".map-result .map-mark").dataset.mark = WORDS[now.get(data.conclusion)];
    put(one(".map-said span"), text);
    const set = Object.entries(mine).map(([claim, value]) => `“${data.labels[claim]}” ${IS[WORDS.indexOf(value)]}`);
    const other = turned.map((name) => {
      const claim = name.split(".", 1)[0], part = drawn(data.trees[coding][claim]).name === name ? "" : "a part of ";
      return `${part}“${data.labels[claim]}” (${JOINS[join[name]]})`;
    });
    put(one(".map-state"), `From: ${STARTS[state.start]}, in ${CODINGS[coding]}. ${set.length ? `Set by you: ${set.join(", ")}.` : ""}`
      + `${set.length && other.length ? " " : ""}${other.length ? `Turned by you: ${other.join(", ")}.` : ""}${set.length || other.length ? "" : "You have set nothing."}`);
    put(one(".map-paper"), `${one(".map-state").textContent} ${model.get("address") ? toAddress(data, state, hash).href : ""}`.trim());
    compare(state, now);
    rank(coding, turned);
  }
  function compare(state, now) {
    const views = { mine: now };
    for (const start of Object.keys(STARTS)) views[start] = values(data, { ...state, start, mine: {} });
    for (const row of all("[data-row]")) {
      for (const cell of row.querySelectorAll("[data-view]")) put(cell, WORDS[views[cell.dataset.view].get(row.dataset.row)]);
    }
  }
  function rank(coding, turned) {
    const key = [coding, ...turned].join(), list = one(".map-weights"), free = data.free[coding].length;
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    const { counts, standing } = weights(data, coding, turned), number = (n) => n.toLocaleString("en");
    const equals = [...new Set(counts.map(([, n]) => n))].map((n) => [counts.filter((row) => row[1] === n).map(([claim]) => data.labels[claim]), n]);
    list.replaceChildren(...equals.map(([names, n]) => {
      const row = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("i");
      const words = document.createElement("span");
      const many = names.length > 1 ? `${names.length} claims ${n ? "decide equally often" : "carry nothing here"}: ` : "";
      name.textContent = many + names.join(", ");
      bar.style.setProperty("--part", n ? n / standing : 0);
      words.textContent = n ? `${number(n)} of ${number(standing)} cases` : "no case";
      row.append(name, " ", bar, " ", words);
      return row;
    }));
    const carry = carriers(data, coding, turned), which = carry.length ? `: ${carry.map((c) => data.labels[c]).join(", ")}` : "";
    put(one(".map-carriers"), `If all else stands, ${carry.length} of ${free} claims can bring the conclusion down alone${which}.`);
    put(one(".map-cases"), one(".map-cases").textContent.replace(/(of the )\d+( claims)/, `$1${free}$2`)
      .replace(/[\d,]+( of the )[\d,]+( cases)/, `${number(standing)}$1${number(2 ** free)}$2`)
      .replace(/(decides all )[\d,]*\d/, `$1${number(standing)}`));
  }

  function changed(claim, said) {
    const state = read();
    if (writing || JSON.stringify(state) === JSON.stringify(shown)) return;
    const text = said || told(data, shown, state, claim);
    shown = state;
    if (copied) put(copied, "");
    show(state, text);
    say(text);
  }
  function say(text) { // the last of quick changes is read out
    clearTimeout(timer);
    timer = setTimeout(() => { status.textContent = text; }, QUIET);
  }
  function stale(bad) {
    const text = bad ? `The address names the ${bad}, which does not exist here, so the map shows where it starts.` : "";
    one(".map-stale").hidden = !bad;
    put(one(".map-stale"), text);
    if (bad) say(text);
  }

  root.addEventListener("change", ({ target }) => {
    stale();
    if (target.dataset.set) {
      const mine = { ...shown.mine };
      if (target.value) mine[target.dataset.set] = target.value;
      else delete mine[target.dataset.set];
      write({ ...shown, mine }, target.dataset.set);
    } else if (target.dataset.turn) {
      const name = target.dataset.turn;
      write({ ...shown, turned: shown.turned.includes(name) ? shown.turned.filter((n) => n !== name) : [...shown.turned, name] });
    } else if (target.name === "map-start") {
      write({ ...shown, start: target.value });
    } else if (target.name === "map-coding") {
      const joints = Object.values(data.trees[target.value]).flatMap(groupsOf).map((joint) => joint.name);
      write({ ...shown, coding: target.value, turned: shown.turned.filter((name) => joints.includes(name)) });
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  one("[data-reset]").addEventListener("click", () => { stale(); write(data.default); });
  one("[data-copy]")?.addEventListener("click", () => {
    const url = toAddress(data, shown, hash);
    // Without a secure context (a file from disk) there is no clipboard: the address is then shown to copy by hand.
    (navigator.clipboard ? navigator.clipboard.writeText(url.href) : Promise.reject())
      .then(() => { put(copied, ""); put(copied, "Link copied."); }, () => window.prompt("Link to my map", url.href));
  });
  for (const name of ["start", "coding", "turned", "mine"]) model.on(`change:${name}`, () => changed());

  if (model.get("address")) {
    const arrive = () => {
      const { state, bad } = fromAddress(data);
      write(state, undefined, arrived(data, state));
      stale(bad);
      if (bad) history.replaceState(null, "", toAddress(data, state, hash));
    };
    addEventListener("popstate", arrive);
    arrive();
    if (Object.keys(shown.mine).some((claim) => !under(data, shown.coding).has(claim))) all(".map-others").forEach((part) => { part.open = true; });
  }
  show(shown, arrived(data, shown));
  root.dataset.ready = "";
}

export default { render };
