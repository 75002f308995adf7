/* The sheet of a visit on a bad line: what is typed is kept in this browser; once handed in it is sent when there is a
   connection, from this page or from the list, under a key by which the house takes it once. Without this script the
   form still works where there is a connection. */
(() => {
  "use strict";
  const state = document.querySelector("[data-saving]"), form = document.querySelector("[data-key]");
  if (!state) return;
  const box = window.outbox, words = state.dataset, key = form ? form.dataset.key : "";
  let said = ""; /* what came of the last delivery of this page */

  const drafts = () => box.keys(words.prefix).map((one) => [one, box.read(one)]).filter(([, draft]) => draft);
  const fields = () => [...form.elements].filter((one) => one.name && !["seen", "csrfmiddlewaretoken"].includes(one.name));
  const values = () => Object.fromEntries(fields().map((one) => [one.name, one.value]));

  function tell() {
    const waiting = drafts().filter(([, draft]) => draft.id).length, own = key && box.read(key);
    const parts = [];
    if (waiting) parts.push(navigator.onLine ? `${words.waiting} ${waiting}` : `${words.offline} ${waiting}`);
    if (own && !own.id) parts.push(words.kept);
    state.textContent = [said, ...parts].filter(Boolean).join(" ");
  }

  /* A name for one delivery that nobody else draws. */
  const drawn = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

  const kept = (id) => box.write(key, { values: values(), seen: form.elements.seen.value, save: form.dataset.save, id });

  const sending = box.sender(async () => {
    let all = true;
    for (const [one, draft] of drafts()) {
      if (!draft.id) continue;
      try {
        arrived(one, draft, await box.post(draft.save, { ...draft.values, seen: draft.seen, key: draft.id }));
      } catch (error) {
        all = false;
        said = { login: words.login, gone: words.gone }[error.message] || "";
      }
    }
    tell();
    return all;
  });

  /* What was typed since it was sent stays; what was refused is no longer under way. */
  function arrived(one, draft, told) {
    const now = box.read(one), same = now && now.id === draft.id;
    if (told.faults || told.refused || told.clash) {
      if (same) box.write(one, { ...now, id: null });
      said = told.refused || told.clash || words.wrong;
      if (one === key) {
        if (told.faults) faults(told.faults);
        if (told.clash) choose(told.version);
      }
      return;
    }
    if (same) box.write(one, null);
    else if (now) box.write(one, { ...now, seen: String(told.version) });
    said = words.delivered;
    if (one !== key) return;
    form.elements.seen.value = told.version;
    const standing = document.querySelector("[data-standing]");
    standing.textContent = standing.dataset.standing;
    faults({});
  }

  /* What is wrong, at its field; the first one is brought into sight. */
  function faults(wrong) {
    for (const line of form.querySelectorAll("[data-fault]")) {
      line.textContent = wrong[line.dataset.fault] || "";
      line.hidden = !line.textContent;
    }
    const first = form.querySelector("[data-fault]:not([hidden])");
    if (first) first.scrollIntoView({ block: "center" });
  }

  function choose(version) {
    const place = form.querySelector("[data-choice]");
    place.textContent = "";
    for (const [label, act] of [[words.keep, () => { form.elements.seen.value = version; handIn(); }],
                                [words.take, () => { box.write(key, null); location.reload(); }]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-secondary";
      button.textContent = label;
      button.addEventListener("click", () => { place.textContent = ""; act(); });
      place.append(button, " ");
    }
  }

  function handIn() {
    said = "";
    const done = kept(drawn());
    if (done) sending.go();
    tell();
    return done;
  }

  function put(draft) {
    for (const one of fields()) if (one !== document.activeElement && one.name in draft.values) one.value = draft.values[one.name];
    form.elements.seen.value = draft.seen;
  }

  function changed() {
    said = "";
    kept(null);
    tell();
  }

  /* One press enters what was declared. */
  function asDeclared(event) {
    const button = event.target.closest("[data-same]");
    if (!button) return;
    const part = button.closest("[data-item]");
    for (const one of part.querySelectorAll("[name]")) one.value = one.dataset.declared;
    changed();
  }

  if (form) {
    const draft = box.read(key);
    if (draft) put(draft);
    for (const button of form.querySelectorAll("[data-same]")) button.hidden = false;
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("click", asDeclared);
    form.addEventListener("submit", (event) => {
      if (!form.reportValidity()) event.preventDefault();
      else if (handIn()) event.preventDefault(); /* a browser that keeps nothing sends it as any form */
    });
    /* Another tab has typed into the same sheet, or has handed it in. */
    window.addEventListener("storage", (event) => {
      if (event.key !== key) return;
      const other = box.read(key);
      if (other) put(other);
      else if (navigator.onLine) location.reload();
      tell();
    });
  }
  window.addEventListener("offline", tell);
  sending.go();
})();
