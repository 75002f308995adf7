// Sums beside the tables of a draft while one types. What counts is checked when the draft is saved; without this script
// the page works as well. No newer language features than Chromium 92 knows.
"use strict";
(() => {
  const form = document.querySelector("[data-sums]");
  if (!form) return;
  const total = Number(form.dataset.total);
  const inputs = (selector) => Array.from(form.querySelectorAll(selector));

  // Points as whole hundredths, so that sums are exact; an empty or unfinished entry counts nothing.
  const cents = (place) => {
    const value = Number(place.querySelector("input").value);
    return Number.isFinite(value) ? Math.round(value * 100) : 0;
  };
  const sum = (places) => places.reduce((all, place) => all + cents(place), 0);
  const say = (output, value, right) => {
    output.textContent = String(value / 100);
    output.classList.toggle("wrong", !right);
  };

  function addUp() {
    const cells = inputs("[data-cell]");
    for (const output of inputs("[data-row-sum]")) {
      const row = sum(cells.filter((cell) => cell.dataset.cell.split(" ")[0] === output.dataset.rowSum));
      say(output, row, row > 0);
    }
    for (const output of inputs("[data-column-sum]")) {
      const column = sum(cells.filter((cell) => cell.dataset.source === output.dataset.columnSum));
      say(output, column, true);
      const weight = form.querySelector(`[data-weight="${output.dataset.columnSum}"]`);
      weight.textContent = `${(column / total).toFixed(1)}%`;
    }
    const whole = sum(cells);
    say(form.querySelector("[data-whole-sum]"), whole, whole === total * 100);
    for (const head of inputs("[data-items-of]")) {
      const name = head.dataset.itemsOf;
      const items = sum(inputs("[data-item]").filter((item) => item.dataset.item === name));
      const cell = sum(cells.filter((one) => one.dataset.cell === name));
      say(head.querySelector("[data-items-sum]"), items, items === cell);
      say(head.querySelector("[data-cell-now]"), cell, true);
    }
  }

  form.addEventListener("input", addUp);
  addUp();
})();
