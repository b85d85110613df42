// What pages do not do by themselves: keys in tables, the colleague's finger in an article, dark or light.
// Every page works without it.
"use strict";

// No letter is typed into a box to mark or a choice, so keys go on there.
const typing = (target) => target instanceof HTMLElement && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

// Keys

// Arrows scroll the page until a row has been chosen.
const inRow = (target) => target instanceof Element && target.closest("[data-row]");
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
let chosen = -1;

function choose(number) {
  const all = rows();
  if (!all.length) return;
  all[chosen]?.classList.remove("chosen-row");
  chosen = Math.max(0, Math.min(number, all.length - 1));
  all[chosen].classList.add("chosen-row");
  all[chosen].scrollIntoView({ block: "nearest" });
  all[chosen].querySelector("[data-open]")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    const search = document.getElementById("search");
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "ArrowDown" && inRow(event.target)) {
    event.preventDefault();
    choose(chosen + 1);
  } else if (event.key === "k" || event.key === "ArrowUp" && inRow(event.target)) {
    event.preventDefault();
    choose(chosen < 0 ? 0 : chosen - 1);
  }
  else if (event.key === "n") turn("[rel=next]", 1);
  else if (event.key === "p") turn("[rel=prev]", -1);
  else if (event.key === "?") document.querySelector("[data-all-keys]").showModal();
  else if (document.querySelector("[data-deciding], [data-undo]")) decide(event);
});

// From incident to incident, in the order of the table that one came from

const table = [...document.querySelectorAll("a[data-open][href^='/incident/']")].map((link) => link.getAttribute("href"));
if (table.length) sessionStorage.setItem("table", JSON.stringify(table));

function turn(link, step) {
  const found = document.querySelector(link);
  if (found) return found.click();
  const known = JSON.parse(sessionStorage.getItem("table") ?? "[]");
  const at = known.indexOf(location.pathname);
  if (at >= 0 && known[at + step]) location.assign(known[at + step]);
}

// Deciding: a key leads to a button, Enter presses it. So nothing is decided by one key hit by mistake.

function decide(event) {
  const all = rows();
  const row = all[chosen] ?? document.querySelector("[data-record]:focus, [data-record]:focus-within") ?? all[0] ?? document.querySelector("[data-record]");
  const target = {
    a: () => row?.querySelector("[data-accept]"),
    w: () => row?.querySelector("[data-wrong]"),
    e: () => row?.querySelector("[data-edit]"),
    x: () => row?.querySelector("[name=chosen]"),
    s: () => document.querySelector("[data-split]"),
    m: () => document.querySelector("[name=other], [data-merge]"),
    u: () => document.querySelector("[data-undo]"),
  }[event.key]?.();
  if (!target) return;
  event.preventDefault();
  if (event.key === "e" || event.key === "x") target.click();
  if (event.key !== "e") target.focus();
}

// Enter on the incident chosen to merge with, or behind its id, presses the button of the choice.
document.querySelector("[data-merging]")?.addEventListener("keydown", (event) => {
  const { checked, type, value } = event.target;
  if (event.key !== "Enter" || !(checked || type === "text" && value.trim())) return;
  event.preventDefault();
  event.currentTarget.querySelector("button").click();
});

document.addEventListener("focusin", (event) => {
  const row = event.target instanceof Element && event.target.closest("[data-row]");
  if (row) {
    const all = rows();
    all[chosen]?.classList.remove("chosen-row");
    chosen = all.indexOf(row);
  }
});
document.querySelectorAll("[data-keys]").forEach((line) => { line.hidden = false; });

// The words of a record and the record of words

const records = document.querySelector(".records");
if (records) {
  const pieces = new Map();
  for (const piece of document.querySelectorAll("[data-events]"))
    for (const number of piece.dataset.events.split(" "))
      pieces.set(number, [...(pieces.get(number) ?? []), piece]);
  let lit = [];
  const light = (numbers) => {
    for (const element of lit) element.classList.remove("on");
    lit = numbers.flatMap((number) => [...(pieces.get(number) ?? []), document.getElementById(`event-${number}`)]).filter(Boolean);
    for (const element of lit) element.classList.add("on");
  };
  const point = (event) => {
    const record = event.target.closest?.("[data-record]");
    if (record) return light([record.dataset.record]);
    const piece = event.target.closest?.("[data-events]");
    if (!piece) return;
    const numbers = piece.dataset.events.split(" ");
    light(numbers);
    const first = document.getElementById(`event-${numbers[0]}`);
    if (first && getComputedStyle(records).position === "sticky")
      records.scrollTop = first.offsetTop - records.offsetTop - 40;
  };
  document.addEventListener("mouseover", point);
  document.addEventListener("focusin", point);
}

// Forms that answer at once, and the place where one was before the answer came

const resting = "whowhom-resting";
const rest = () => sessionStorage.setItem(resting, JSON.stringify([location.pathname, document.activeElement?.id || (document.activeElement?.matches?.("[data-map]") ? "[data-map]" : ""), scrollY]));
for (const form of document.querySelectorAll("form[data-ask]")) {
  // A day that is typed is a day after each key; it is asked for when the field is left.
  let typed = false, waits = false;
  const ask = () => { waits = false; rest(); form.requestSubmit(); };
  form.addEventListener("keydown", (event) => { typed = event.target.matches("[type=date]"); });
  form.addEventListener("pointerdown", () => { typed = false; });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[type=date]") && typed) waits = true;
    else if (event.target.matches("select, [type=range], [type=date]")) ask();
  });
  form.addEventListener("focusout", () => { if (waits) ask(); });
  form.addEventListener("submit", () => { waits = false; });
}
const rested = JSON.parse(sessionStorage.getItem(resting) ?? "null");
if (rested && rested[0] === location.pathname) {
  sessionStorage.removeItem(resting);
  const place = rested[1] === "[data-map]" ? document.querySelector("[data-map]") : document.getElementById(rested[1]);
  place?.focus({ preventScroll: true });
  scrollTo({ top: rested[2], behavior: "instant" });
}

// The map: plus and minus anywhere on the page, arrows while it has the focus

const map = document.querySelector("[data-map]");
if (map) {
  const moves = { "+": "zoom in", "=": "zoom in", "-": "zoom out", ArrowLeft: "west", ArrowRight: "east", ArrowUp: "north", ArrowDown: "south", 0: "whole world" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.startsWith("Arrow") && !map.contains(event.target)) return;
    const link = moves[event.key] && document.querySelector(`[data-move="${moves[event.key]}"]`);
    if (!link) return;
    event.preventDefault();
    map.focus({ preventScroll: true });
    rest();
    link.click();
  });
}

// Two sliders over all days of the store, which set the days of the form

const slider = document.querySelector("[data-slider]");
if (slider) {
  const day = (text) => Math.round(Date.parse(`${text}T00:00Z`) / 864e5);
  const write = (number) => new Date(number * 864e5).toISOString().slice(0, 10);
  const ends = [day(slider.dataset.first), day(slider.dataset.last)];
  const ranges = [...slider.querySelectorAll("input")];
  const tell = () => { slider.querySelector("output").textContent = `${write(+ranges[0].value)} to ${write(+ranges[1].value)}`; };
  ranges.forEach((range, number) => {
    const field = document.getElementById(range.dataset.for);
    [range.min, range.max] = ends;
    range.value = field.value ? day(field.value) : ends[number];
    range.addEventListener("input", () => {
      if (+ranges[0].value > +ranges[1].value) ranges[1 - number].value = range.value;
      ranges.forEach((one) => { document.getElementById(one.dataset.for).value = write(+one.value); });
      tell();
    });
  });
  tell();
  slider.hidden = false;
}

// Dark or light: the choice goes into a cookie, so that the next page comes as it should be

const button = document.querySelector("[data-theme-button]");
if (button) {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `${root.dataset.themeCookie}=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    name();
  });
  name();
}
