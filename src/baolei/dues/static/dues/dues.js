/* How many are ticked, and what that comes to by the amounts agreed on. The form works without it. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-ticks]"), line = form && form.querySelector("[data-told]");
  if (!line) return;
  const boxes = () => [...form.querySelectorAll("input[name=member]")];

  function tell() {
    const ticked = boxes().filter((one) => one.checked);
    const fen = ticked.reduce((sum, one) => sum + Number(one.dataset.fen), 0);
    const yuan = (fen / 100).toLocaleString("en", { minimumFractionDigits: 2 });
    line.textContent = `${line.dataset.people} ${ticked.length}${fen ? `, ${line.dataset.sum} ${yuan}` : ""}`;
  }

  for (const button of form.querySelectorAll("[data-tick]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const one of boxes()) one.checked = button.dataset.tick === "all";
      tell();
    });
  }
  form.addEventListener("change", tell);
  tell();
})();
