/* Counts the lines of a pile while they are entered, to be compared with the papers on the table. Nothing is kept. */
(() => {
  "use strict";
  const papers = document.querySelector("[data-papers]");
  const count = document.querySelector("[data-count]");
  if (!papers || !count) return;
  const tell = () => {
    const lines = papers.value.split("\n").filter((line) => line.trim()).length;
    count.textContent = `${count.dataset.count} ${lines}`;
  };
  papers.addEventListener("input", tell);
  tell();
})();
