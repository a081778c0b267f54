"use strict";
// Everything that comes from the server is text: it is only ever put into text nodes and attributes.
const byId = (id) => document.getElementById(id);
const words = byId("words"), set = byId("set"), results = byId("results"), statusLine = byId("status"), article = byId("code");
let latest = 0, timer = 0;
// Code set → its newest loaded release: what is said of today is said by that one.
const newest = {};

function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...content.filter((item) => item !== null && item !== undefined));
  return element;
}

async function ask(path) {
  const key = sessionStorage.getItem("key");
  const response = await fetch(path, { headers: key ? { "X-API-Key": key } : {} });
  if (response.status === 401) byId("access").hidden = false;
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || response.statusText);
  return body;
}

const long = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
const date = (text) => (text ? long.format(new Date(text + "T00:00:00Z")) : "");
const setName = { icd10cm: "ICD-10-CM", icd10pcs: "ICD-10-PCS", hcpcs: "HCPCS" };
const link = (codeSet, code) => "#" + encodeURIComponent(codeSet) + "/" + encodeURIComponent(code);
const statusWord = {
  valid: "Valid", header: "Header, not billable", ended: "Ended", not_yet_valid: "Not yet valid", unknown: "Unknown",
};

function standing(row) {
  if (row.status === "ended") return "Ended " + date(row.valid_to);
  if (row.status === "not_yet_valid") return "Valid from " + date(row.valid_from);
  return (statusWord[row.status] || row.status) + (row.valid_to ? " until " + date(row.valid_to) : "");
}

async function search() {
  const text = words.value.trim(), mine = ++latest;
  if (!text) { results.replaceChildren(); statusLine.textContent = "Type a code or some words."; return; }
  const query = new URLSearchParams({ q: text });
  if (set.value) query.set("code_set", set.value);
  try {
    const found = (await ask("/v1/search?" + query)).results;
    if (mine !== latest) return;
    results.replaceChildren(...found.map(result));
    statusLine.textContent = found.length === 0 ? "Nothing has these words." :
      found.length === 40 ? "The first 40; more words find fewer." :
      found.length === 1 ? "1 code" : found.length + " codes";
    mark();
  } catch (error) {
    if (mine === latest) { results.replaceChildren(); statusLine.textContent = error.message; }
  }
}

function result(row) {
  const top = make("span", { class: "top" }, make("span", { class: "mono" }, row.code),
    make("span", { class: "set" }, setName[row.code_set] || row.code_set),
    make("span", { class: "state " + row.status }, standing(row)));
  const was = row.matched ? make("span", { class: "was" }, "was: " + row.matched) : null;
  return make("li", {}, make("a", { href: link(row.code_set, row.code) }, top, row.title, was));
}

function mark() {
  for (const each of results.querySelectorAll("a")) {
    if (each.getAttribute("href") === location.hash) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
}

async function show() {
  mark();
  const [codeSet, code] = location.hash.slice(1).split("/").map((part) => { try { return decodeURIComponent(part); } catch { return ""; } });
  if (!codeSet || !code) { article.hidden = true; return; }
  const path = "/v1/" + encodeURIComponent(codeSet) + "/codes/" + encodeURIComponent(code);
  try {
    const [life, now] = await Promise.all([ask(path + "/history"), ask(path)]);
    if (link(codeSet, code) !== location.hash) return;
    article.replaceChildren(...card(life, now));
  } catch (error) {
    article.replaceChildren(make("h2", { tabindex: "-1" }, code), make("p", {}, error.message));
  }
  article.hidden = false;
  article.querySelector("h2").focus();
  document.title = code + " – codes, old and new";
}

function card(life, now) {
  const versions = life.versions.filter((version) => version.published_to === null);
  const parts = [
    make("h2", { tabindex: "-1" }, make("span", { class: "mono" }, life.code), " ", make("span", { class: "set" }, setName[life.code_set] || life.code_set)),
    make("p", { class: "title" }, now.long_title || versions[versions.length - 1].long_title),
    make("p", { class: "state " + now.status }, standing(now)),
  ];
  const links = (codes) => codes.flatMap((code, place) => [place ? ", " : "", make("a", { href: link(life.code_set, code), class: "mono" }, code)]);
  if (now.replaced_by && now.replaced_by.length) parts.push(make("p", { id: "today" }, "Report instead: ", ...links(now.replaced_by)));
  const last = newest[life.code_set];
  if (last) parts.push(make("p", { class: "note" }, "As of " + last.label + ", in effect from " + date(last.effective_from) + ", the newest release loaded."));
  parts.push(make("h3", {}, "Its life"), ...timeline(versions), table(versions));
  const to = life.steps.filter((step) => step.source === life.code), from = life.steps.filter((step) => step.target === life.code);
  const guessed = to.length && to.every((step) => step.evidence === "suggested");
  const after = guessed ? "What may have replaced it (by likeness; nobody has confirmed it)" : "What replaced it";
  parts.push(...steps("replaced-by", after, to, "target", life), ...steps("replaces", "What it replaced", from, "source", life));
  return parts;
}

function timeline(versions) {
  const today = new Date().toISOString().slice(0, 10), day = (text) => Date.parse(text + "T00:00:00Z");
  const first = day(versions[0].effective_from);
  const last = Math.max(day(today), ...versions.map((version) => day(version.effective_to || version.effective_from))) + 120 * 864e5;
  const place = (moment) => (100 * (moment - first)) / (last - first) + "%";
  const bars = versions.map((version) => {
    const end = version.effective_to ? day(version.effective_to) + 864e5 : last;
    const kind = "span" + (version.billable ? "" : " parent") + (version.effective_to ? "" : " open");
    const bar = make("span", { class: kind, title: period(version) + ": " + version.long_title });
    bar.style.left = place(day(version.effective_from));
    bar.style.width = (100 * (end - day(version.effective_from))) / (last - first) + "%";
    return bar;
  });
  const now = make("span", { class: "today", title: "today" });
  now.style.left = place(day(today));
  const label = versions.map((version) => (version.billable ? "valid " : "header ") + period(version)).join("; ");
  const named = make("span", { class: "named" }, "today");
  named.style.right = 100 - (100 * (day(today) - first)) / (last - first) + "%";
  return [make("div", { class: "line", role: "img", "aria-label": label }, ...bars, now),
    make("div", { class: "axis", "aria-hidden": "true" }, make("span", {}, date(versions[0].effective_from)), named)];
}

const period = (version) => (version.on_or_before ? "on or before " : "") + date(version.effective_from) + " – " + (version.effective_to ? date(version.effective_to) : "open");

function table(versions) {
  const rows = versions.map((version) => make("tr", {},
    make("td", { class: "date" }, (version.on_or_before ? "on or before " : "") + date(version.effective_from)),
    make("td", { class: "date" }, version.effective_to ? date(version.effective_to) : "open"),
    make("td", { class: "date" }, version.billable ? "valid" : "header"), make("td", {}, version.long_title)));
  const head = make("tr", {}, ...["From", "Last day", "Status", "Title"].map((name) => make("th", { scope: "col" }, name)));
  return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}

function steps(id, heading, list, side, life) {
  if (!list.length) return [];
  const items = list.map((step) => make("li", {},
    step[side] ? make("a", { href: link(life.code_set, step[side]), class: "mono" }, step[side]) : "nothing",
    ` with the release of ${date(step.on)} (${step.relation.replaceAll("_", " ")}, ${step.evidence === "suggested" ? "only suggested" : "by " + step.evidence})`,
    step[side + "_title"] ? make("span", { class: "was" }, step[side + "_title"]) : null));
  return [make("h3", {}, heading), make("ul", { class: "steps", id }, ...items)];
}

function move(by) {
  const all = [...results.querySelectorAll("a")], at = all.indexOf(document.activeElement) + by;
  if (at < 0) words.focus();
  else if (all.length) all[Math.min(at, all.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target === words, listed = results.contains(event.target);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); words.select(); words.focus(); }
  else if (event.key === "ArrowDown" && (typing || listed)) { event.preventDefault(); move(1); }
  else if (event.key === "ArrowUp" && listed) { event.preventDefault(); move(-1); }
  else if (event.key === "Escape" && !typing && event.target.tagName !== "SELECT") { event.preventDefault(); words.focus(); }
});
words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
set.addEventListener("change", search);
byId("search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); search().then(() => { const one = results.querySelector("a"); if (one) one.focus(); }); });
byId("access").addEventListener("submit", (event) => { event.preventDefault(); sessionStorage.setItem("key", byId("key").value); byId("access").hidden = true; begin(); });
window.addEventListener("hashchange", show);

async function begin() {
  try {
    const loaded = (await ask("/v1/releases")).releases;
    for (const release of loaded) newest[release.code_set] = release;
    const names = [...new Set(loaded.map((release) => release.code_set))].filter((name) => setName[name]);
    set.replaceChildren(set.options[0], ...names.map((name) => make("option", { value: name }, setName[name])));
    statusLine.textContent = "Type a code or some words.";
    document.body.dataset.ready = "yes";
    if (words.value) search();
    show();
  } catch (error) { statusLine.textContent = error.message; }
}
begin();
