/* What moves in a page: explorations, downloads of figures, guesses. Nothing here asks the network for anything. */
(() => {
  "use strict";
  const here = document.currentScript.src;
  const text = (lines, runs) => {
    let out = [];
    for (let i = 0; i < runs.length; i += 2) out = out.concat(lines.slice(runs[i], runs[i] + runs[i + 1]));
    return out.join("\n");
  };

  function exploration(root) {
    const data = JSON.parse(root.querySelector("[data-states]").textContent);
    const form = root.querySelector("form"), status = root.querySelector("[role=status]");
    const part = (name) => root.querySelector(name);
    // In the order of `slots` in companion/explore.py; the plain ones hold text, the others HTML.
    const targets = [".card-wide", ".card-narrow", ".card-title", ".card-sentence", ".card-scroll", ".card-sources",
      ".card-trust p"].map(part);
    const plain = [2, 3, 6];
    let timer;

    const state = () => data.controls.map((c) => Number(form.elements[c.name].value));
    const same = (a, b) => a.every((v, i) => v === b[i]);
    const index = (at) => data.controls.reduce((n, c, i) => n * c.values.length + at[i], 0);

    function set(at) {
      data.controls.forEach((c, i) => { form.elements[c.name].value = String(at[i]); });
    }
    function show(announce) {
      const at = state(), slots = data.states[index(at)].map((runs) => text(data.lines, runs));
      slots.forEach((value, i) => {
        if (plain.includes(i)) targets[i].textContent = value; else targets[i].innerHTML = value;
      });
      part(".card-scroll").setAttribute("aria-label", `The numbers: ${slots[2]}`);
      data.controls.forEach((c, i) => {
        const input = form.elements[c.name];
        if (input.type !== "range") return;
        input.setAttribute("aria-valuetext", c.texts[at[i]]);
        form.querySelector(`output[for="${input.id}"]`).textContent = c.texts[at[i]];
      });
      if (!announce) return;
      // A slider that is dragged passes many states: only the one it rests on is read out.
      clearTimeout(timer);
      timer = setTimeout(() => { status.textContent = `${slots[2]}. ${slots[3]}`; }, 500);
    }
    // In the address a dot parts the values, so a dot inside a value ("2.0") is written as a line.
    const spelt = (c, i) => c.values[i].replaceAll(".", "_");
    function fromAddress() {
      const asked = (new URLSearchParams(location.search).get(root.id) || "").split(".");
      const at = data.controls.map((c, i) => c.values.findIndex((_, at) => spelt(c, at) === asked[i]));
      return at.includes(-1) ? data.start : at;
    }
    function address(at) {
      const url = new URL(location.href);
      if (same(at, data.start)) url.searchParams.delete(root.id);
      else url.searchParams.set(root.id, at.map((v, i) => spelt(data.controls[i], v)).join("."));
      return url;
    }
    function remember() {
      const at = state();
      if (!same(at, fromAddress())) history.pushState(null, "", address(at));
    }

    form.addEventListener("input", () => show(true));
    form.addEventListener("change", remember);
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("popstate", () => {
      const at = fromAddress();
      if (same(at, state())) return; // a link inside the page comes here too
      set(at);
      show(true);
    });
    root.querySelector("[data-reset]").addEventListener("click", () => { set(data.start); show(true); remember(); });
    root.querySelector("[data-copy-link]").addEventListener("click", () => {
      const url = address(state());
      url.hash = root.id;
      // Without a secure context (a file from disk) there is no clipboard: the address is then shown to copy by hand.
      (navigator.clipboard ? navigator.clipboard.writeText(url.href) : Promise.reject())
        .then(() => { status.textContent = ""; status.textContent = "Link copied."; }, () => window.prompt("Link to this view", url.href));
    });
    form.querySelector("fieldset").disabled = false;
    set(fromAddress()); // also undoes what the browser restored by itself on reload
    if (!same(state(), data.start)) show(false);
    root.dataset.ready = "";
  }

  /* Downloads: made in the page from what it shows, so that each state of an exploration can be taken away. */
  function csv(figure) {
    const quote = (s) => (/[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
    return [...figure.querySelectorAll(".card-table tr")]
      .map((row) => [...row.cells].map((cell) => quote(cell.textContent.trim().replace("–", ""))).join(",")).join("\n") + "\n";
  }
  // All of them, also those that are folded away.
  function sources(figure) {
    return `Sources: ${[...figure.querySelectorAll(".card-sources a")].map((link) => link.textContent).join("; ") || "none"}`;
  }
  function svg(figure) {
    const copy = figure.querySelector(".card-wide svg").cloneNode(true);
    const [, , width, height] = copy.getAttribute("viewBox").split(" ");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.setAttribute("style", "background:#fff;font-family:sans-serif");
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = figure.querySelector(".card-title").textContent;
    const about = document.createElementNS("http://www.w3.org/2000/svg", "desc");
    about.textContent = sources(figure);
    copy.prepend(title, about);
    return new XMLSerializer().serializeToString(copy).replace(/var\(--c-\w+, (#\w+)\)/g, "$1");
  }
  async function png(figure) {
    const image = new Image(), scale = 3, canvas = document.createElement("canvas");
    await new Promise((done, fail) => {
      image.onload = done;
      image.onerror = fail;
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg(figure));
    });
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    // At once: toBlob waits for a browser with nothing to do, which can take seconds. A phone that is short of memory gives no more than "data:,".
    const [, code] = canvas.toDataURL("image/png").split(",");
    if (!code) throw new Error("no picture");
    return new Blob([Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0))], { type: "image/png" });
  }
  function place(figure) {
    const url = new URL(location.href);
    url.hash = figure.closest("[data-exploration]")?.id || figure.id;
    return url.href;
  }
  function bib(figure) {
    const title = figure.querySelector(".card-title").textContent, now = new Date(), tex = (words) => words.replace(/[&%$#_]/g, "\\$&");
    return `@misc{${figure.dataset.name},\n  title = {${tex(title)}},\n  author = {{The Beyond the Triangle authors}},\n` +
      `  howpublished = {Figure in Beyond the Triangle: an executable companion},\n  url = {${place(figure)}},\n` +
      `  urldate = {${now.toISOString().slice(0, 10)}},\n  note = {${tex(sources(figure))}},\n}\n`;
  }
  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  function caption(figure) {
    const text = (name) => figure.querySelector(name).innerText.replace(/\s+/g, " ").trim();
    const number = [...document.querySelectorAll("figure.card")].indexOf(figure) + 1, root = figure.closest("[data-exploration]");
    const chosen = root ? [...root.querySelectorAll(".exploration-field")].map((field) => {
      const control = field.querySelector("select, [type=range], :checked");
      const value = control.matches("select") ? control.selectedOptions[0].text : control.getAttribute("aria-valuetext") || control.parentElement.innerText.trim();
      return `${field.querySelector("label, legend").innerText.trim()}: ${value}`;
    }) : [];
    return [`Figure ${number} of ${document.querySelector("h1").innerText.trim()}`, text(".card-title"), text(".card-sentence"), ...chosen,
      sources(figure), `How far to trust this: ${figure.querySelector(".card-trust p").textContent}`, place(figure),
      "Beyond the Triangle, CC BY 4.0"].filter(Boolean).join("\n\n") + "\n";
  }
  const makers = { csv, svg, bib, txt: caption };
  const types = { csv: "text/csv", svg: "image/svg+xml", bib: "application/x-bibtex", txt: "text/plain" };
  let packer; // of zip files: loaded when one is first asked for
  async function zip(figure) {
    packer ||= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = new URL("fflate.js", here);
      script.onload = done;
      script.onerror = () => { packer = null; script.remove(); fail(); }; // the next press tries again
      document.head.append(script);
    });
    await packer;
    const picture = await png(figure), name = figure.dataset.name, files = {};
    for (const kind in makers) files[`${name}.${kind}`] = fflate.strToU8(makers[kind](figure));
    files[`${name}.png`] = new Uint8Array(await picture.arrayBuffer());
    return new Blob([fflate.zipSync(files)], { type: "application/zip" });
  }
  function tell(figure, failed) {
    figure.querySelector(".card-failed")?.remove();
    if (!failed) return;
    const said = document.createElement("p");
    said.className = "card-failed";
    said.setAttribute("role", "alert"); // read out as it appears
    said.textContent = { zip: "The zip could not be made: a part of the book did not load. Press the button to try again, or save the parts one by one.",
      png: "This browser could not draw the picture. Press the button to try again, or save the SVG, which holds the same." }[failed];
    figure.querySelector(".card-downloads").append(said);
  }
  function downloads(figure) {
    for (const button of figure.querySelectorAll("[data-download]")) {
      button.disabled = false;
      button.addEventListener("click", () => {
        const kind = button.dataset.download, name = `${figure.dataset.name}.${kind}`, drawn = { png, zip }[kind];
        if (drawn) drawn(figure).then((blob) => { tell(figure); save(blob, name); }, () => tell(figure, kind));
        else save(new Blob([makers[kind](figure)], { type: types[kind] }), name);
      });
    }
  }

  /* A guess is kept under its id in this browser alone. */
  function guess(box) {
    const form = box.querySelector("form"), input = form.elements.guess, said = box.querySelector(".guess-said");
    const forget = box.querySelector("[data-forget]"), key = `guess:${form.dataset.guess}`;
    const told = document.createElement("output"); // the focus stays in the field, so an answer that opens below has to be told
    told.className = "visually-hidden";
    box.append(told);
    const show = () => {
      said.hidden = forget.hidden = input.value === "";
      said.textContent = `You said ${input.value}.`;
    };
    const recall = () => {
      try { input.value = localStorage.getItem(key) || ""; } catch { /* storage is off: the guess lasts as long as the page */ }
      show();
    };
    const keep = () => { try { localStorage.setItem(key, input.value); } catch { /* as above */ } show(); };
    input.disabled = false;
    input.addEventListener("input", keep);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      box.querySelector("details").open = true;
      told.value = `${said.hidden ? "" : said.textContent} The answer is open below.`.trim();
    });
    forget.addEventListener("click", () => { input.value = ""; try { localStorage.removeItem(key); } catch { /* as above */ } show(); input.focus(); });
    addEventListener("storage", recall); // erased with all others (theme.js), or changed in another window
    recall();
  }

  document.querySelectorAll("[data-exploration]").forEach(exploration);
  document.querySelectorAll("figure.card").forEach(downloads);
  document.querySelectorAll(".guess").forEach(guess);
})();
