/* What is typed into a form is kept in this browser first and sent when there is a connection; a page that uses this
   says what is kept, how it is sent, and what it shows. No newer language features than Chromium 92 knows. */
window.outbox = (() => {
  "use strict";
  const AGAIN = 15000; /* milliseconds until the next try */

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; }
  }

  /* Whether it is kept: a browser that keeps nothing says so. */
  function write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch { return false; }
  }

  function keys(prefix) {
    try {
      return Array.from({ length: localStorage.length }, (_, place) => localStorage.key(place)).filter((key) => key.startsWith(prefix));
    } catch { return []; }
  }

  /* The protection against forged forms as it is now: another log-in has changed it since the page was made. */
  function token() {
    const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    const field = document.querySelector("[name=csrfmiddlewaretoken]");
    return cookie ? cookie[1] : field ? field.value : "";
  }

  /* What the house answers, as data. Throws "login" where one has to log in first, "gone" where nothing stands at the
     address any more, "later" for everything that may be tried again. */
  async function post(address, values) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST", body: new URLSearchParams(values), credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRFToken": token() },
      });
    } catch { throw new Error("later"); }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("login");
    if (answer.status === 404) throw new Error("gone");
    if (!answer.ok) throw new Error("later");
    try { return await answer.json(); } catch { throw new Error("later"); }
  }

  /* Calls `send` one at a time: at once, when the line is back, and again a while after `send` has answered false. */
  function sender(send) {
    let timer = 0, busy = false, asked = false;
    async function go() {
      if (busy) { asked = true; return; }
      busy = true;
      clearTimeout(timer);
      const done = await send();
      busy = false;
      if (asked) { asked = false; go(); } else if (!done) timer = setTimeout(go, AGAIN);
    }
    window.addEventListener("online", go);
    return { go, soon: (wait) => { clearTimeout(timer); timer = setTimeout(go, wait); } };
  }

  return { read, write, keys, post, sender };
})();
