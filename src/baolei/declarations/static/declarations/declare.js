/* A declaration that saves as it goes, also on a bad line: what changes is kept in this browser first, then sent; what
   somebody else has changed meanwhile is shown beside it, and nothing is lost. Without this script the form still works. */
(() => {
  "use strict";
  const form = document.querySelector("[data-key]");
  const state = document.querySelector("[data-saving]");
  if (!form) return;
  const key = form.dataset.key;
  if (!state) { /* handed in: what was kept here has arrived */
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
    return;
  }
  const words = state.dataset;
  let timer = 0, sending = false;

  const kept = () => { try { return JSON.parse(localStorage.getItem(key) || "{}"); } catch { return {}; } };
  const keep = (drafts) => {
    try {
      if (Object.keys(drafts).length) localStorage.setItem(key, JSON.stringify(drafts));
      else localStorage.removeItem(key);
    } catch { /* a browser that keeps nothing still sends */ }
  };
  const inputs = (item) => [...form.querySelectorAll(`[data-item="${item}"] [name]:not([type=file]):not(button)`)];
  const values = (item) => Object.fromEntries(inputs(item).map((one) => [one.name, one.value]));
  const tell = () => {
    const waiting = Object.keys(kept()).length;
    state.textContent = waiting ? `${navigator.onLine ? words.waiting : words.offline} ${navigator.onLine ? waiting : ""}`.trim() : words.saved;
  };

  function changed(event) {
    const box = event.target.closest("[data-item]");
    if (!box) return;
    if (event.target.type === "file") return event.type === "change" ? file(box, event.target) : undefined;
    const drafts = kept();
    drafts[box.dataset.item] = values(box.dataset.item);
    keep(drafts);
    tell();
    clearTimeout(timer);
    timer = setTimeout(send, 800);
  }

  async function send() {
    const drafts = kept(), items = Object.keys(drafts);
    if (!items.length || sending) return tell();
    sending = true;
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    for (const item of items) for (const [name, value] of Object.entries(drafts[item])) body.set(name, value);
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json(), drafts);
    } catch { setTimeout(send, 15000); }
    sending = false;
    tell();
  }

  /* A file goes by itself: where the line breaks, nothing that was typed depends on it. */
  async function file(box, input) {
    if (!input.files.length) return;
    const body = new FormData(), names = [...input.files].map((one) => one.name).join(", ");
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("item", box.dataset.item);
    for (const one of input.files) body.append(input.name, one);
    state.textContent = `${words.sending} ${names}`;
    try {
      const answer = await fetch(form.dataset.papersTo, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      box.querySelector("[data-papers]").innerHTML = await answer.text();
      input.value = "";
      tell();
    } catch { state.textContent = `${words.unsent} ${names}`; }
  }

  function show(told, sent) {
    const drafts = kept();
    if (sent.served && same(drafts.served || {}, sent.served)) delete drafts.served;
    for (const [item, now] of Object.entries(told.items)) {
      const box = form.querySelector(`[data-item="${item}"]`);
      if (!box) continue;
      box.querySelector("[data-earned]").textContent = now.earned;
      box.querySelector("[data-of]").textContent = now.of;
      box.querySelector("[data-standing]").textContent = now.standing;
      const lack = box.querySelector("[data-lacking]");
      lack.textContent = now.lack;
      lack.hidden = !now.lack;
      const fault = told.faults[item] || "", clash = told.clash[item];
      const line = box.querySelector("[data-fault]");
      line.textContent = fault;
      line.hidden = !fault;
      box.toggleAttribute("data-faulty", Boolean(fault || clash));
      if (clash) choose(box, item, clash);
      else if (sent[item] && !fault && !told.refused && !Object.keys(told.clash).length) {
        form.elements[`seen-${item}`].value = now.seen;
        if (drafts[item] && same(drafts[item], sent[item])) delete drafts[item];
      }
    }
    keep(drafts);
    if (told.refused) state.textContent = told.refused;
    document.querySelector("[data-score]").textContent = told.score;
    document.querySelector("[data-unanswered]").textContent = told.unanswered;
  }

  const same = (one, other) => Object.keys(one).every((name) => name.startsWith("seen-") || one[name] === other[name]);

  /* Both are shown; the person chooses. */
  function choose(box, item, theirs) {
    const line = box.querySelector("[data-fault]");
    line.hidden = false;
    line.textContent = `${words.clash} ${theirs.num} / ${theirs.den}${theirs.words ? " · " + theirs.words : ""} `;
    for (const [label, mine] of [[words.mine, true], [words.theirs, false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-secondary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => settle(box, item, theirs, mine));
      line.append(button, " ");
    }
  }

  function settle(box, item, theirs, mine) {
    const drafts = kept();
    form.elements[`seen-${item}`].value = theirs.seen;
    if (!mine) put(item, { ["num-" + item]: theirs.num, ["den-" + item]: theirs.den, ["words-" + item]: theirs.words,
                           ["choice-" + item]: theirs.den ? theirs.num : "na" });
    if (mine) drafts[item] = values(item); else delete drafts[item];
    keep(drafts);
    box.removeAttribute("data-faulty");
    box.querySelector("[data-fault]").hidden = true;
    send();
  }

  function put(item, said) {
    for (const one of inputs(item)) if (one.name in said) one.value = said[one.name];
  }

  for (const [item, said] of Object.entries(kept())) put(item, said);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", send);
  window.addEventListener("offline", tell);
  send();
})();
