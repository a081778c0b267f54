(function () {
  "use strict";
  var form = document.getElementById("filters");
  var search = document.getElementById("search");
  var kind = document.getElementById("kind");
  var asset = document.getElementById("asset");
  var status = document.getElementById("status");
  var sections = [];
  var timer = 0;

  // A browser needs seconds to lay out a table of 20,000 rows, so long ones are opened bit by bit. All rows are in the
  // page: the search looks at all of them, and on paper all are printed.
  var FIRST = 300;
  var MORE = 2000;

  function button(text, action) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function prepare(node) {
    var section = {
      rows: Array.from(node.querySelectorAll("tbody tr")),
      texts: null,
      fits: null,
      limit: FIRST,
      count: node.querySelector("h2 .n"),
      more: null,
      note: null
    };
    if (section.rows.length > FIRST) {
      section.more = document.createElement("p");
      section.more.className = "more";
      section.note = document.createElement("span");
      section.more.append(section.note,
        button("Show more", function () { section.limit += MORE; show(section); }),
        button("Show all", function () { section.limit = Infinity; show(section); }));
      node.append(section.more);
    }
    sections.push(section);
    show(section);
  }

  function say(number) { return number.toLocaleString("en-US"); }

  // Hides what does not fit the filters, and what lies beyond the section's limit.
  function show(section) {
    var matching = 0;
    section.rows.forEach(function (row, index) {
      var fits = section.fits === null || section.fits[index];
      if (fits) { matching += 1; }
      var hide = !fits || matching > section.limit;
      if (row.hidden !== hide) { row.hidden = hide; }
    });
    section.count.textContent = section.fits === null ?
      say(matching) : say(matching) + " of " + say(section.rows.length);
    if (section.more) {
      section.more.hidden = matching <= section.limit;
      section.note.textContent = say(Math.min(section.limit, matching)) + " of " + say(matching) + " rows are shown.";
    }
    return matching;
  }

  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var active = words.length > 0 || kind.value !== "" || asset.value !== "";
    var matching = 0;
    var all = 0;
    sections.forEach(function (section) {
      // The rows' texts are read when somebody first searches: a large page should open at once.
      if (words.length && section.texts === null) {
        section.texts = section.rows.map(function (row) { return row.textContent.toLowerCase(); });
      }
      section.limit = FIRST;
      section.fits = !active ? null : section.rows.map(function (row, index) {
        return words.every(function (word) { return section.texts[index].indexOf(word) >= 0; }) &&
          (kind.value === "" || !("kind" in row.dataset) || row.dataset.kind === kind.value) &&
          (asset.value === "" || !("asset" in row.dataset) || row.dataset.asset === asset.value);
      });
      matching += show(section);
      all += section.rows.length;
    });
    status.textContent = active ? say(matching) + " of " + say(all) + " rows match" : "";
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(apply, 120);
  }

  document.querySelectorAll("section[data-filtered]").forEach(prepare);
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  form.addEventListener("reset", function () { window.setTimeout(apply, 0); });
  search.addEventListener("input", later);
  kind.addEventListener("change", apply);
  asset.addEventListener("change", apply);
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
}());
