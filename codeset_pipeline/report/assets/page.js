(function () {
  "use strict";
  var form = document.getElementById("filters");
  var search = document.getElementById("search");
  var status = document.getElementById("status");
  var selects = Array.from(document.querySelectorAll("select[data-facet]"));
  var sections = [];
  var timer = 0;

  // A browser needs seconds to lay out a table of 20,000 rows, so long ones are opened bit by bit. Tables longer still
  // come as data and are leafed through. The search looks at all rows.
  var FIRST = 300;
  var MORE = 2000;
  var LEAF = 200;
  var ON_PAPER = 2000;

  var COLOURS = new Map([["will deny", " will-deny"], ["may deny", " may-deny"]]);

  function say(number) { return number.toLocaleString("en-US"); }

  function button(text, action) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function counted(node, matching, all, active) {
    node.textContent = active ? say(matching) + " of " + say(all) : say(all);
  }

  // A table whose rows all stand in the page.
  function standing(node) {
    var rows = Array.from(node.querySelectorAll("tbody tr"));
    var count = node.querySelector("h2 .n");
    var texts = null;
    var fits = null;
    var limit = FIRST;
    var more = null;
    var note = null;
    if (rows.length > FIRST) {
      more = document.createElement("p");
      more.className = "more";
      note = document.createElement("span");
      more.append(note,
        button("Show more", function () { limit += MORE; show(); }),
        button("Show all", function () { limit = Infinity; show(); }));
      node.append(more);
    }

    // Hides what does not fit the filters, and what lies beyond the limit.
    function show() {
      var matching = 0;
      rows.forEach(function (row, index) {
        var fit = fits === null || fits[index];
        if (fit) { matching += 1; }
        var hide = !fit || matching > limit;
        if (row.hidden !== hide) { row.hidden = hide; }
      });
      counted(count, matching, rows.length, fits !== null);
      if (more) {
        more.hidden = matching <= limit;
        note.textContent = say(Math.min(limit, matching)) + " of " + say(matching) + " rows are shown.";
      }
      return matching;
    }

    function value(row, facet) { return row.getAttribute("data-" + facet.replace("_", "-")); }

    return {
      total: rows.length,
      apply: function (words, facets) {
        // The rows' texts are read when somebody first searches: a large page should open at once.
        if (words.length && texts === null) {
          texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
        }
        limit = FIRST;
        fits = !words.length && !facets.length ? null : rows.map(function (row, index) {
          return words.every(function (word) { return texts[index].indexOf(word) >= 0; }) &&
            facets.every(function (each) {
              var has = value(row, each.name);
              return has === null || has === each.value;
            });
        });
        return show();
      }
    };
  }

  // A table whose rows come as data: every text once, and rows of places in that list.
  function leafed(node, block) {
    var data = JSON.parse(block.textContent);
    var width = data.classes.length;
    var body = node.querySelector("tbody");
    var box = node.querySelector(".scroll");
    var count = node.querySelector("h2 .n");
    var matching = data.rows;
    var active = false;
    var leaf = 0;
    var plain = null;
    var more = document.createElement("p");
    var range = document.createElement("span");
    var paper = document.createElement("p");
    more.className = "more";
    range.className = "range";
    range.setAttribute("role", "status");
    paper.className = "on-paper";
    var buttons = [
      button("First", function () { turn(0); }),
      button("Previous", function () { turn(leaf - 1); }),
      button("Next", function () { turn(leaf + 1); }),
      button("Last", function () { turn(last()); })
    ];
    more.setAttribute("role", "group");
    more.setAttribute("aria-label", "Leaf through the rows");
    more.append(range);
    buttons.forEach(function (each) { more.append(each); });
    node.querySelector(".rest").hidden = true;
    box.before(more);
    box.before(paper);
    block.remove();

    function last() { return Math.max(0, Math.ceil(matching.length / LEAF) - 1); }

    function turn(to) {
      leaf = Math.min(Math.max(to, 0), last());
      draw(leaf * LEAF, LEAF);
      box.scrollTop = 0;
    }

    function row(places) {
      var cells = "";
      for (var index = 0; index < width; index += 1) {
        var text = data.texts[places[index]];
        cells += "<td class=\"" + data.classes[index] + (COLOURS.get(text) || "") + "\">" + text + "</td>";
      }
      return "<tr>" + cells + "</tr>";
    }

    function draw(start, number) {
      // The texts were escaped when the page was written, like those of every other table.
      body.innerHTML = matching.slice(start, start + number).map(row).join("");
      var end = Math.min(start + number, matching.length);
      range.textContent = matching.length ?
        "Rows " + say(start + 1) + " to " + say(end) + " of " + say(matching.length) : "No row matches.";
      buttons[0].disabled = buttons[1].disabled = leaf === 0;
      buttons[2].disabled = buttons[3].disabled = leaf >= last();
    }

    function lower() {
      var space = document.createElement("template");
      plain = data.texts.map(function (text) {
        if (/[<&]/.test(text)) {
          space.innerHTML = text;
          text = space.content.textContent;
        }
        return text.toLowerCase();
      });
    }

    // On paper: what matches the filters, up to a number of rows that somebody may still read.
    window.addEventListener("beforeprint", function () {
      draw(0, ON_PAPER);
      paper.textContent = matching.length > ON_PAPER ?
        "The first " + say(ON_PAPER) + " of " + say(matching.length) + " rows; all are in the workbook." :
        say(matching.length) + " of " + say(data.rows.length) + " rows" + (active ? ", as filtered." : ".");
    });
    window.addEventListener("afterprint", function () { turn(leaf); });

    turn(0);
    return {
      total: data.rows.length,
      apply: function (words, facets) {
        active = words.length > 0 || facets.length > 0;
        if (words.length && plain === null) { lower(); }
        // Each word is looked for once in every text, not in every cell.
        var having = words.map(function (word) {
          return plain.map(function (text) { return text.indexOf(word) >= 0; });
        });
        var wanted = facets.map(function (each) {
          return { at: width + data.facets.indexOf(each.name), value: each.value };
        });
        matching = !active ? data.rows : data.rows.filter(function (places) {
          return wanted.every(function (each) {
            var has = data.texts[places[each.at]];
            return has === "" || has === each.value;
          }) && having.every(function (has) {
            for (var index = 0; index < width; index += 1) {
              if (has[places[index]]) { return true; }
            }
            return false;
          });
        });
        counted(count, matching.length, data.rows.length, active);
        turn(0);
        return matching.length;
      }
    };
  }

  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var facets = selects.filter(function (each) { return each.value !== ""; }).map(function (each) {
      return { name: each.dataset.facet, value: each.value };
    });
    var matching = 0;
    var all = 0;
    sections.forEach(function (section) {
      matching += section.apply(words, facets);
      all += section.total;
    });
    status.textContent = words.length || facets.length ? say(matching) + " of " + say(all) + " rows match" : "";
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(apply, 120);
  }

  document.querySelectorAll("section[data-filtered]").forEach(function (node) {
    var block = node.querySelector("script.rows");
    var section = block ? leafed(node, block) : standing(node);
    sections.push(section);
    section.apply([], []);
  });
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  form.addEventListener("reset", function () { window.setTimeout(apply, 0); });
  search.addEventListener("input", later);
  selects.forEach(function (each) { each.addEventListener("change", apply); });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
}());
