/* A matter is reported on a bad line: what is typed is kept in this browser; once it is sent off it waits under a key by
   which the house takes it once, in the order in which it was sent off, and the form is free for the next one. Without
   this script the form still works where there is a connection. */
(() => {
  "use strict";
  const state = document.querySelector("[data-saving]"), form = document.querySelector("form[data-key]");
  if (!state || !form) return;
  const box = window.outbox, words = state.dataset, draft = form.dataset.key, list = document.querySelector("[data-receipts]");
  let said = "";

  /* What waits to be sent, in the order in which it was sent off. */
  const waiting = () => box.keys(`${words.prefix}out-`).map((one) => [one, box.read(one)]).filter(([, kept]) => kept)
    .sort(([, one], [, other]) => one.place - other.place);
  const fields = () => [...form.elements].filter((one) => one.name && one.name !== "csrfmiddlewaretoken");
  const drawn = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
  const values = () => fields().filter((one) => one.type !== "radio" || one.checked).map((one) => [one.name, one.value]);

  function tell() {
    const number = waiting().length;
    state.textContent = [said, number ? `${navigator.onLine ? words.waiting : words.offline} ${number}` : "",
      box.read(draft) ? words.kept : ""].filter(Boolean).join(" ");
  }

  /* The receipt is for the asker: kept on this phone until it has been written down for them. */
  function receipts(change) {
    const key = `${words.prefix}receipts`, all = change(box.read(key) || []);
    box.write(key, all.length ? all : null);
    list.replaceChildren(...all.map((told) => {
      const line = document.createElement("li"), code = document.createElement("code"), link = document.createElement("a");
      const done = document.createElement("button");
      link.href = told.url;
      link.textContent = told.words;
      code.className = "matter-code";
      code.textContent = told.receipt;
      done.type = "button";
      done.className = "btn btn-outline-secondary btn-sm";
      done.textContent = list.dataset.done;
      done.addEventListener("click", () => receipts((there) => there.filter((one) => one.receipt !== told.receipt)));
      line.append(link, " ", code, " ", done);
      return line;
    }));
    list.closest("section").hidden = !all.length;
  }

  const sending = box.sender(async () => {
    for (const [one, kept] of waiting()) {
      try {
        const told = await box.post(form.dataset.save, kept.values);
        if (told.faults) {
          said = words.wrong;
          if (box.read(draft)) return true;
          box.write(one, null);
          box.write(draft, kept.values);
          put(kept.values);
          mark(told.faults);
        } else {
          box.write(one, null);
          said = words.delivered;
          receipts((there) => [...there, told]);
        }
      } catch (error) {
        said = { login: words.login, gone: words.gone }[error.message] || "";
        tell();
        return false; /* the next one waits for this one: they arrive in order */
      }
    }
    tell();
    return true;
  });

  function mark(faults) {
    for (const line of form.querySelectorAll("[data-fault]")) {
      line.textContent = faults[line.dataset.fault] || "";
      line.hidden = !line.textContent;
    }
    const first = form.querySelector("[data-fault]:not([hidden])");
    if (first) first.scrollIntoView({ block: "center" });
  }

  function put(kept) {
    for (const one of fields()) {
      const mine = kept.filter(([name]) => name === one.name).map(([, value]) => value);
      if (one.type === "radio") one.checked = mine.includes(one.value);
      else if (mine.length) one.value = mine[0];
    }
    places();
  }

  /* Only the landmarks of the unit to which the chosen grid belongs. */
  function places() {
    const grid = form.elements.grid, select = form.elements.landmark;
    if (!grid.options || !select) return;
    const unit = grid.options[grid.selectedIndex].dataset.unit;
    for (const one of select.options) one.hidden = one.disabled = Boolean(one.dataset.unit) && one.dataset.unit !== unit;
    if (select.selectedOptions.length && select.selectedOptions[0].disabled) select.value = "";
  }

  function changed() {
    said = "";
    box.write(draft, values());
    places();
    tell();
  }

  function sendOff(event) {
    const key = form.elements.key.value, last = waiting().pop();
    const kept = { values: values(), place: Math.max(Date.now(), last ? last[1].place + 1 : 0) };
    if (!box.write(`${words.prefix}out-${key}`, kept)) return; /* a browser that keeps nothing sends it as any form */
    event.preventDefault();
    const grid = form.elements.grid.value;
    box.write(draft, null);
    form.reset();
    form.elements.grid.value = grid;
    form.elements.key.value = drawn();
    mark({});
    places();
    said = "";
    window.scrollTo(0, 0);
    sending.go();
    tell();
  }

  const kept = box.read(draft);
  if (kept) put(kept);
  places();
  receipts((there) => there);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", sendOff);
  window.addEventListener("offline", tell);
  tell();
  sending.go();
})();
