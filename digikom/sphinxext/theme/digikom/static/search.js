/* The result page of Sphinx' search: summaries of whole words from the running text, with the words that were found
   marked in all their forms, and a result that is read out. */
(function () {
  "use strict";

  const LENGTH = 220;
  const BEFORE = 70;
  /* What is no running text: code, numbers behind figures, pictures, links of headings. */
  const LEFT_OUT = "script, style, svg, pre, details, table, .headerlink, .digikom-download, .digikom-synthetic, .cell_input";
  const WORD = /[\p{Letter}\p{Number}]+/gu;
  const stemmer = new Stemmer();
  const perform = Search.performSearch;

  Search.performSearch = function (query) {
    document.getElementById("search-results").replaceChildren();
    perform(query);
    Search.status.setAttribute("role", "status");
  };

  Search.htmlToText = function (html, anchor) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    if (!article) {
      return "";
    }
    const part = (anchor && page.getElementById(decodeURIComponent(anchor.slice(1)))) || article;
    part.querySelectorAll(LEFT_OUT).forEach((element) => element.remove());
    const title = part.querySelector("h1, h2, h3, h4");
    if (title) {
      title.remove();
    }
    return part.textContent.replace(/\s+/g, " ").trim();
  };

  function isFound(word, keywords) {
    const stem = stemmer.stemWord(word.toLowerCase());
    return keywords.has(stem) || [...keywords].some((keyword) => keyword.length > 2 && stem.includes(keyword));
  }

  Search.makeSearchSummary = function (html, keywords, anchor) {
    const text = Search.htmlToText(html, anchor);
    const summary = document.createElement("p");
    summary.className = "context";
    const first = [...text.matchAll(WORD)].find((match) => isFound(match[0], keywords));
    let start = Math.max((first ? first.index : 0) - BEFORE, 0);
    let end = Math.min(start + LENGTH, text.length);
    start = start && text.indexOf(" ", start) + 1;
    end = end < text.length ? text.lastIndexOf(" ", end) : end;
    const shown = text.slice(start, end);
    let written = 0;
    summary.append(start ? "… " : "");
    for (const match of shown.matchAll(WORD)) {
      if (isFound(match[0], keywords)) {
        const mark = document.createElement("mark");
        mark.textContent = match[0];
        summary.append(shown.slice(written, match.index), mark);
        written = match.index + match[0].length;
      }
    }
    summary.append(shown.slice(written), end < text.length ? " …" : "");
    return summary;
  };
})();
