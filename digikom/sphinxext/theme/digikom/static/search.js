/* The result page of Sphinx' search: numbers, other words for the same and municipalities are found too; summaries of
   whole words from the running text, with the words that were found marked in all their forms; a result that is read
   out. */
(function () {
  "use strict";

  const LENGTH = 220;
  const BEFORE = 70;
  /* The most ways of putting a query that are tried. */
  const MOST = 16;
  /* What is no running text: code, numbers behind figures, pictures, links of headings. */
  const LEFT_OUT = "script, style, svg, pre, details, table, .headerlink, .digikom-download, .digikom-synthetic, .cell_input";
  const WORD = /\d+(?:\u00a0\d{3})*(?:[.,]\d+)*(?![\p{Letter}\p{Number}])|[\p{Letter}\p{Number}]+/gu;
  const stemmer = new Stemmer();
  const perform = Search.performSearch;
  const parse = Search._parseQuery;
  const results = document.getElementById("search-results");
  const known = JSON.parse(results.dataset.known);
  const stems = (text) => splitQuery(text.toLowerCase()).map((word) => stemmer.stemWord(word));

  /* Letters without the marks of Sámi, but with the ring of «å». */
  function folded(text) {
    const plain = text.normalize("NFD").replace(/[\u0300-\u0309\u030b-\u036f]/g, "").normalize("NFC");
    return plain.toLowerCase().replace(/đ/g, "d").replace(/ŋ/g, "n").replace(/ŧ/g, "t").trim();
  }

  /* Namesakes have their county in brackets after the name. */
  const SURNAME = / \([^()]*\)$/;

  /* The municipalities that the query names, or gives the number of. */
  function municipalities(query) {
    const sought = folded(query.replace(/\s+kommune$/i, ""));
    return known.municipalities.filter(([code, , ...names]) =>
      [code, ...names].some((name) => folded(name) === sought || folded(name.replace(SURNAME, "")) === sought)
    );
  }

  /* The query, the same with each expression that is in it replaced by the other words of its group (not by those of
     several words, which Sphinx would look for apart), and the Norwegian name of a municipality. */
  function variants(query) {
    const names = municipalities(query).map(([, , name]) => name.replace(SURNAME, ""));
    const found = new Set([query.replace(/(\d)\.(\d)/g, "$1,$2"), query, ...names]);
    const words = splitQuery(query.toLowerCase());
    const asked = stems(query);
    for (const group of known.synonyms) {
      for (const expression of group) {
        const sought = stems(expression);
        const at = asked.findIndex((_, place) => sought.every((stem, next) => asked[place + next] === stem));
        if (at >= 0) {
          for (const other of group.filter((each) => splitQuery(each).length === 1)) {
            found.add([...words.slice(0, at), other, ...words.slice(at + sought.length)].join(" "));
          }
        }
      }
    }
    return [...found].slice(0, MOST);
  }

  function showMunicipalities(query) {
    const box = document.getElementById("search-municipalities");
    box.replaceChildren();
    for (const [code, county, name] of municipalities(query)) {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = box.dataset.pages + code + ".html";
      link.textContent = name === county || SURNAME.test(name) ? name : name + " i " + county;
      line.append("Kommunen i alle utgaver: ", link);
      box.append(line);
    }
  }

  Search.performSearch = function (query) {
    results.replaceChildren();
    showMunicipalities(query);
    perform(query);
    Search.status.setAttribute("role", "status");
  };

  /* Sphinx leaves whole numbers out. */
  Search._parseQuery = function (query) {
    const parsed = parse(query);
    splitQuery(query).filter((word) => /^\d+$/.test(word)).forEach((word) => parsed[1].add(word));
    return parsed;
  };

  /* The pages of all variants, each once and by its best score; those of the query itself before the others. */
  Search.query = function (query) {
    const found = new Map();
    const keywords = new Set();
    variants(query).forEach((variant) => {
      const [text, terms, excluded, marked, objects] = Search._parseQuery(variant);
      terms.forEach((term) => keywords.add(term));
      for (const result of Search._performSearch(text, terms, excluded, marked, objects)) {
        const place = result[0] + result[2];
        if (variant !== query) {
          result[4] /= 2;
        }
        if (!found.has(place) || found.get(place)[4] < result[4]) {
          found.set(place, result);
        }
      }
    });
    const ordered = [...found.values()].sort(_orderResultsByScoreThenName);
    _displayNextItem(ordered, ordered.length, keywords, new Set());
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
    return part.textContent.replace(/[^\S\u00a0]+/g, " ").trim();
  };

  function isFound(word, keywords) {
    const stem = stemmer.stemWord(word.toLowerCase().replace(/\u00a0/g, ""));
    const isNumber = /^\d/.test(stem);
    return keywords.has(stem) || (!isNumber && [...keywords].some((keyword) => keyword.length > 2 && stem.includes(keyword)));
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
