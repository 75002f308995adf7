/* Between the ballot page and this house: what comes after the # goes into the form, what was signed goes back at once.
   Neither stays in the address, nor in the list of pages visited. */
(() => {
  "use strict";
  const form = document.querySelector("[data-take]");
  const found = /^#([A-Za-z0-9_-]{342})$/.exec(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname);
  if (form && found) {
    form.querySelector("[name=blinded]").value = found[1];
    form.hidden = false;
    document.querySelector("[data-without]").hidden = true;
  }
  const onward = document.querySelector("[data-onward]");
  if (onward) location.replace(onward.href);
})();
