// What every page does beyond links and forms: the menu on a phone, the keys, closing urgent notices, and fetching the
// chart code when a page has charts. Without this script every page still works. No newer language features than Chromium 92 knows.
"use strict";
(() => {
  const sources = document.currentScript.dataset;

  function foldMenu() {
    const button = document.querySelector("[data-menu]");
    if (!button) return;
    const side = button.closest(".side");
    button.hidden = false;
    side.classList.add("folded");
    button.addEventListener("click", () => {
      const folded = side.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!folded));
    });
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  // In a table marked data-rows the arrows walk along the first link of each row; Enter opens it, as links do.
  function walkRows(event) {
    const row = event.target.closest && event.target.closest("[data-rows] tbody tr");
    if (!row) return false;
    const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    const link = next && next.querySelector("a");
    if (link) link.focus();
    return Boolean(link);
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { search.focus(); event.preventDefault(); }
    } else if (event.key === "?") {
      const help = document.getElementById("keys");
      if (help && help.showModal && !help.open) help.showModal();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (walkRows(event)) event.preventDefault();
    }
  }

  let chartsAsked = false;
  function fetchCharts() {
    if (chartsAsked || !document.querySelector("[data-chart]")) return;
    chartsAsked = true;
    for (const source of [sources.echarts, sources.charts]) {
      const script = document.createElement("script");
      script.src = source;
      script.async = false; // in this order
      document.head.append(script);
    }
  }

  // An urgent notice that was closed stays closed in this tab until one logs out. The house is not told.
  const CLOSED = "baolei-closed-notices";
  function closedNotices() {
    try {
      return JSON.parse(sessionStorage.getItem(CLOSED) || "[]");
    } catch (error) {
      return [];
    }
  }

  function closeNotice(notice) {
    try {
      sessionStorage.setItem(CLOSED, JSON.stringify([...closedNotices(), notice.dataset.notice]));
    } catch (error) {
      // A browser that keeps nothing shows it again on the next page.
    }
    notice.remove();
    document.getElementById("content").focus();
  }

  function letNoticesClose() {
    if (!("inside" in document.body.dataset)) {
      try { sessionStorage.removeItem(CLOSED); } catch (error) { return; }
    }
    const closed = closedNotices();
    for (const notice of document.querySelectorAll("[data-notice]")) {
      if (closed.includes(notice.dataset.notice)) {
        notice.remove();
        continue;
      }
      const button = notice.querySelector("[data-close]");
      button.hidden = false;
      button.addEventListener("click", () => closeNotice(notice));
    }
  }

  foldMenu();
  letNoticesClose();
  fetchCharts();
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:load", fetchCharts);
  const faults = document.querySelector("[data-faults]");
  if (faults) faults.focus();
})();
