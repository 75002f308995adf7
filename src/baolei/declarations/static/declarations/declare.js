/* A declaration that saves as it goes, also on a bad line: what changes is kept in this browser first, then sent; what
   somebody else has changed meanwhile is shown beside it, and nothing is lost. Without this script the form still works. */
(() => {
  "use strict";
  const form = document.querySelector("[data-key]");
  const state = document.querySelector("[data-saving]");
  if (!form) return;
  const key = form.dataset.key, box = window.outbox;
  if (!state) { /* handed in: what was kept here has arrived */
    box.write(key, null);
    return;
  }
  const words = state.dataset;

  const kept = () => box.read(key) || {};
  const keep = (drafts) => box.write(key, Object.keys(drafts).length ? drafts : null);
  const inputs = (item) => [...form.querySelectorAll(`[data-item="${item}"] [name]:not([type=file]):not(button)`)];
  const values = (item) => Object.fromEntries(inputs(item).map((one) => [one.name, one.value]));
  const tell = () => {
    const waiting = Object.keys(kept()).length;
    state.textContent = waiting ? `${navigator.onLine ? words.waiting : words.offline} ${navigator.onLine ? waiting : ""}`.trim() : words.saved;
  };

  function changed(event) {
    const part = event.target.closest("[data-item]");
    if (!part) return;
    if (event.target.type === "file") return event.type === "change" ? file(part, event.target) : undefined;
    const drafts = kept();
    drafts[part.dataset.item] = values(part.dataset.item);
    keep(drafts);
    tell();
    sending.soon(800);
  }

  const sending = box.sender(async () => {
    const drafts = kept();
    if (!Object.keys(drafts).length) { tell(); return true; }
    try {
      const told = await box.post(form.dataset.save, Object.assign({}, ...Object.values(drafts)));
      tell();
      show(told, drafts);
      return true;
    } catch (error) {
      tell();
      if (error.message === "login") state.textContent = words.login;
      return false;
    }
  });

  /* A file goes by itself: where the line breaks, nothing that was typed depends on it. */
  async function file(part, input) {
    if (!input.files.length) return;
    const body = new FormData(), names = [...input.files].map((one) => one.name).join(", ");
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("item", part.dataset.item);
    for (const one of input.files) body.append(input.name, one);
    state.textContent = `${words.sending} ${names}`;
    try {
      const answer = await fetch(form.dataset.papersTo, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      /* The house's own page, parsed and not run: its scripts stay text. */
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      part.querySelector("[data-papers]").replaceChildren(...page.body.childNodes);
      input.value = "";
      tell();
    } catch { state.textContent = `${words.unsent} ${names}`; }
  }

  function show(told, sent) {
    const drafts = kept();
    if (sent.served && same(drafts.served || {}, sent.served)) delete drafts.served;
    for (const [item, now] of Object.entries(told.items)) {
      const part = form.querySelector(`[data-item="${item}"]`);
      if (!part) continue;
      part.querySelector("[data-earned]").textContent = now.earned;
      part.querySelector("[data-of]").textContent = now.of;
      part.querySelector("[data-standing]").textContent = now.standing;
      const lack = part.querySelector("[data-lacking]");
      lack.textContent = now.lack;
      lack.hidden = !now.lack;
      const fault = told.faults[item] || "", clash = told.clash[item];
      const line = part.querySelector("[data-fault]");
      line.textContent = fault;
      line.hidden = !fault;
      part.toggleAttribute("data-faulty", Boolean(fault || clash));
      if (clash) choose(part, item, clash);
      else if (sent[item] && !fault && !told.refused && !Object.keys(told.clash).length) {
        form.elements[`seen-${item}`].value = now.seen;
        if (drafts[item] && same(drafts[item], sent[item])) delete drafts[item];
      }
    }
    keep(drafts);
    tell();
    if (told.refused) state.textContent = told.refused;
    document.querySelector("[data-score]").textContent = told.score;
    document.querySelector("[data-unanswered]").textContent = told.unanswered;
  }

  const same = (one, other) => Object.keys(one).every((name) => name.startsWith("seen-") || one[name] === other[name]);

  /* Both are shown; the person chooses. */
  function choose(part, item, theirs) {
    const line = part.querySelector("[data-fault]");
    line.hidden = false;
    line.textContent = `${words.clash} ${theirs.num} / ${theirs.den}${theirs.words ? " · " + theirs.words : ""} `;
    for (const [label, mine] of [[words.mine, true], [words.theirs, false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-secondary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => settle(part, item, theirs, mine));
      line.append(button, " ");
    }
  }

  function settle(part, item, theirs, mine) {
    const drafts = kept();
    form.elements[`seen-${item}`].value = theirs.seen;
    if (!mine) put(item, { ["num-" + item]: theirs.num, ["den-" + item]: theirs.den, ["words-" + item]: theirs.words,
                           ["choice-" + item]: theirs.den ? theirs.num : "na" });
    if (mine) drafts[item] = values(item); else delete drafts[item];
    keep(drafts);
    part.removeAttribute("data-faulty");
    part.querySelector("[data-fault]").hidden = true;
    sending.go();
  }

  function put(item, said) {
    for (const one of inputs(item)) if (one.name in said) one.value = said[one.name];
  }

  for (const [item, said] of Object.entries(kept())) put(item, said);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("offline", tell);
  sending.go();
})();
