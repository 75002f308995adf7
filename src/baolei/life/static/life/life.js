/* A gathering is recorded on a bad line: what is typed is kept in this browser; once it is sent off it waits under a key
   by which the house takes it once, and the form is free for the next one. Without this script the form still works
   where there is a connection. */
(() => {
  "use strict";
  const state = document.querySelector("[data-saving]"), form = document.querySelector("form[data-key]");
  if (!state) return;
  const box = window.outbox, words = state.dataset, draft = form ? form.dataset.key : "";
  let said = "";

  /* What waits to be sent: each under the key of its record. */
  const waiting = () => box.keys(`${words.prefix}out-`).map((one) => [one, box.read(one)]).filter(([, record]) => record);
  const fields = () => [...form.elements].filter((one) => one.name && one.name !== "csrfmiddlewaretoken");
  const drawn = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

  function values() {
    const boxes = (one) => one.type === "checkbox";
    return fields().filter((one) => !boxes(one) || one.checked).map((one) => [one.name, one.value]);
  }

  function tell() {
    const number = waiting().length;
    state.textContent = [said, number ? `${navigator.onLine ? words.waiting : words.offline} ${number}` : "",
      form && box.read(draft) ? words.kept : ""].filter(Boolean).join(" ");
  }

  const sending = box.sender(async () => {
    let all = true;
    for (const [one, record] of waiting()) {
      try {
        const told = await box.post(record.save, record.values);
        if (told.faults) refused(one, record, told.faults);
        else {
          box.write(one, null);
          said = words.delivered;
        }
      } catch (error) {
        all = false;
        said = { login: words.login, gone: words.gone }[error.message] || "";
      }
    }
    tell();
    return all;
  });

  /* What cannot be goes back into the form, where nothing else has been begun there; else it waits for its page. */
  function refused(one, record, faults) {
    said = words.wrong;
    if (!form || record.save !== form.dataset.save || box.read(draft)) return;
    box.write(one, null);
    box.write(draft, record.values);
    put(record.values);
    mark(faults);
  }

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
      if (one.type === "checkbox") one.checked = mine.includes(one.value);
      else if (mine.length) one.value = mine[0];
    }
    show();
  }

  /* Groups and hub households count heads; a committee that meets alone invites its own members. */
  function show() {
    const chosen = fields().filter((one) => one.name === "form" && one.checked).map((one) => one.value);
    const part = chosen.some((one) => one === "group_meeting" || one === "hub_session");
    const ofPart = form.querySelector("[data-of-part]");
    if (ofPart) ofPart.hidden = !part;
    form.querySelector("[data-of-branch]").hidden = part;
    const alone = chosen.length === 1 && chosen[0] === "committee_meeting";
    let absent = 0;
    for (const line of form.querySelectorAll(".absent li")) {
      const select = line.querySelector("select"), button = line.querySelector("button");
      line.hidden = alone && !("sits" in line.dataset);
      if (line.hidden) select.value = "";
      select.hidden = !select.value;
      button.hidden = false;
      button.setAttribute("aria-pressed", String(Boolean(select.value)));
      line.querySelector(".absent-name").hidden = true;
      absent += Boolean(select.value);
    }
    form.querySelector("[data-count]").textContent = absent || "";
  }

  function changed() {
    said = "";
    box.write(draft, values());
    show();
    tell();
  }

  function tapped(event) {
    const button = event.target.closest("[data-absent]");
    if (!button) return;
    const select = document.getElementById(button.dataset.absent);
    select.value = select.value ? "" : select.options[1].value;
    changed();
  }

  function sendOff(event) {
    const record = { values: values(), save: form.dataset.save };
    const key = form.elements.key.value;
    if (!box.write(`${words.prefix}out-${key}`, record)) return; /* a browser that keeps nothing sends it as any form */
    event.preventDefault();
    box.write(draft, null);
    form.reset();
    form.elements.key.value = drawn();
    mark({});
    show();
    said = "";
    window.scrollTo(0, 0);
    sending.go();
    tell();
  }

  if (form) {
    const kept = box.read(draft);
    if (kept) put(kept);
    else show();
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("click", tapped);
    form.addEventListener("submit", sendOff);
    /* Another tab has typed into the same record, or has sent it off. */
    window.addEventListener("storage", (event) => {
      if (event.key !== draft) return;
      const other = box.read(draft);
      if (other) put(other);
      else { form.reset(); form.elements.key.value = drawn(); show(); }
      tell();
    });
  }
  window.addEventListener("offline", tell);
  tell();
  sending.go();
})();
