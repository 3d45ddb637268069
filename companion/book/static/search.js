// What Sphinx's search is told before it starts.
"use strict";
// It would keep the words in the browser, to mark them on the page that is opened; no page of this book marks them.
const SPHINX_HIGHLIGHT_ENABLED = false;
// A page opened from a folder may not read its neighbours, so its results come without quotations.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
