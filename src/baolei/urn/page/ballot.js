/* The ballot page, and the page that looks for a receipt. The same for every poll; asks nothing but its own host.

   A slip's code is sent as it is: the host hashes it, so that this page needs no cryptography and works without HTTPS. A
   token needs more, which is met in one place only, `token`. Nothing but a token is stored in this browser: the phone or
   tablet may be shared. No newer language than ES2019: web views of old phones. */
(() => {
  "use strict";
  const UNKNOWN = "0", BLANK = "-"; /* as baolei.programme.piles writes them */
  const CODE = 32, RECEIPT = 16; /* characters */
  const LONGEST_COMMENT = 500, MOST_REVISIONS = 99;
  const PATIENCE = 25000; /* milliseconds until no answer is expected any more */
  const PAUSES = [1, 2, 4, 8, 16, 32, 40]; /* seconds; up to half as much again, lest all phones come at once */
  const DECIDED = ["closed", "sealed", "published"];

  const at = (id) => document.getElementById(id);

  /* ---- words: both languages stand in the page, the style shows one ---- */

  function make(tag, name, ...inside) {
    const one = document.createElement(tag);
    if (name) one.className = name;
    one.append(...inside);
    return one;
  }

  function said(zh, en) {
    const words = document.createDocumentFragment();
    words.append(make("span", "zh", zh), make("span", "en", en || zh));
    if (!en) words.lastChild.lang = "zh-Hans";
    return words;
  }

  const text = (both) => (typeof both === "string" ? said(both, "") : said(both.zh, both.en));

  /* Written only where it differs: what is read aloud is not read again. */
  function write(place, words) {
    const held = make("i", "", words);
    if (held.innerHTML === place.innerHTML) return;
    place.textContent = "";
    place.append(...held.childNodes);
  }

  function speak(tongue) {
    document.documentElement.lang = tongue;
    document.querySelectorAll("[data-tongue]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.tongue === tongue)));
    entitle();
  }

  function entitle() {
    const head = document.querySelector("section:not([hidden]) h1");
    if (head) document.title = head.innerText;
  }

  function day(iso) {
    const [year, month, date] = iso.split("-").map(Number);
    const names = "January February March April May June July August September October November December".split(" ");
    return { zh: `${year}年${month}月${date}日`, en: `${date} ${names[month - 1]} ${year}` };
  }

  /* ---- what people type ---- */

  const LOOKALIKES = { 0: "o", 1: "l", 8: "b", 9: "g" };

  /* A code as typed, without what stands between its signs; as `secret_of` of baolei.programme.ballot reads it. */
  function plain(typed) {
    return typed.normalize("NFKC").toLowerCase().replace(/[0189]/g, (sign) => LOOKALIKES[sign]).replace(/[\s\-—–_.·]/g, "");
  }

  function whole(typed, length) {
    const code = plain(typed);
    return code.length === length && /^[a-z2-7]*$/.test(code) ? code : "";
  }

  const grouped = (code, between) => (code.match(/.{1,4}/g) || []).join(between);

  /* The number of a poll as typed: 32 hex digits, or a short one where the host gives such. */
  function numberOf(typed) {
    const digits = typed.normalize("NFKC").toLowerCase().replace(/[\s\-—–_.·]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
    return /^([0-9a-f]{32}|[0-9]{4,20})$/.test(digits) ? digits : "";
  }

  const shown = (number) => (/^[0-9]{9}$/.test(number) ? number.replace(/(...)(?=.)/g, "$1 ") : grouped(number, " "));

  /* ---- the line ---- */

  let errand = 0, wake = () => {};

  /* What the host answers, or null where there is no answer of its own: no line, a broken reply, a stranger's page. */
  function ask(method, address, body, left) {
    return new Promise((done) => {
      const call = new XMLHttpRequest();
      call.open(method, address);
      call.timeout = PATIENCE;
      if (body) {
        call.setRequestHeader("Content-Type", "application/json");
        call.upload.onload = left; /* the last byte has left this phone */
      }
      call.onloadend = () => {
        let told = null;
        try { told = JSON.parse(call.responseText); } catch { /* not the host's own words */ }
        const final = call.status && call.status < 500 && call.status !== 429 && call.status !== 408;
        done(final && told && typeof told === "object" ? { status: call.status, told } : null);
      };
      call.send(body);
    });
  }

  function pause(seconds) {
    return new Promise((go) => {
      const timer = setTimeout(go, seconds * 1000 * (1 + Math.random() / 2));
      wake = () => { clearTimeout(timer); go(); };
    });
  }

  /* Asks until there is an answer, the same again each time; null when something else was begun meanwhile. `tell` hears
     whether the body has left this phone, and whether an answer is late. */
  async function answered(method, address, body, tell) {
    const mine = (errand += 1);
    let left = false;
    for (let turn = 0; ; turn += 1) {
      tell(left, turn > 0);
      const answer = await ask(method, address, body, () => { left = true; if (mine === errand) tell(left, turn > 0); });
      if (mine !== errand || answer) return mine === errand ? answer : null;
      tell(left, true);
      await pause(PAUSES[Math.min(turn, PAUSES.length - 1)]);
      if (mine !== errand) return null;
    }
  }

  function again(late) {
    document.querySelectorAll("[data-again]").forEach((one) => { one.hidden = !late; });
  }

  /* What the host says against it, in both languages. */
  function refusal(told, zh, en) {
    const wrong = told.wrong, right = told.right;
    if (!wrong || !wrong.zh) return said(zh, en);
    return right && right.zh ? said(`${wrong.zh}。${right.zh}。`, `${wrong.en}: ${right.en}.`) : text(wrong);
  }

  /* ---- steps: one section is seen ---- */

  let step = "";

  function show(name) {
    step = name;
    document.querySelectorAll("[data-step]").forEach((one) => { one.hidden = one.dataset.step !== name; });
    window.scrollTo(0, 0);
    const head = document.querySelector(`[data-step="${name}"] h1`);
    if (head) head.focus({ preventScroll: true });
    entitle();
  }

  function object(place, words) {
    write(place, words);
    place.hidden = false;
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  }

  /* ---- the ballot ---- */

  let poll = null, number = "", secret = "", answers = [], comment = "", rev = 0, replacing = false;
  let errandOf = "", brought = ""; /* what the page was opened for: to "take" a token, or one was "signed": so */

  const marked = () => answers.filter((one) => one !== BLANK).length;
  const unsaid = () => step === "sending" || marked() > 0 || comment !== "";

  /* Nothing of what somebody answered stays in the page. */
  function forget() {
    errand += 1;
    wake();
    answers.fill(BLANK);
    poll = null; secret = ""; answers = []; comment = ""; rev = 0; replacing = false; errandOf = ""; brought = "";
    ["questions", "answers", "name", "branch", "source", "until", "receipt", "receipt-number"].forEach((id) => { at(id).textContent = ""; });
    at("receipt-link").removeAttribute("href");
    at("code").value = "";
  }

  function anew() {
    forget();
    enter();
  }

  /* What a token needs, a slip needs none of it: a browser with cryptography and a store, and two more scripts of this
     host, which make the token, hold it and sign with it. */
  const token = {
    able: () => Boolean(window.isSecureContext && window.crypto && window.crypto.subtle && window.BigInt && storing()),
    ready: async () => {
      for (const file of ["blind", "token"]) if (!document.querySelector(`script[src="/b/${file}.js"]`)) await fetched(file);
      if (window.Token) await window.Token.tidy();
      return Boolean(window.Token);
    },
    held: async () => {
      try { return (await token.ready()) && (await window.Token.stands(poll.poll)) === "held"; } catch { return false; }
    },
    signed: (ballot) => window.Token.signed(ballot),
  };

  function storing() {
    try { return window.indexedDB; } catch { return null; } /* some browsers refuse even the question */
  }

  function fetched(file) {
    return new Promise((done) => {
      const script = document.createElement("script");
      script.src = `/b/${file}.js`;
      script.onload = done;
      script.onerror = () => { script.remove(); done(); };
      document.head.append(script);
    });
  }

  async function envelope() {
    const ballot = { poll: poll.poll, rev, answers: answers.join(""), comment };
    return JSON.stringify(Object.assign(ballot, secret ? { slip: secret } : { token: await token.signed(ballot) }));
  }

  /* -- the code -- */

  function enter(wrong, kept) {
    askNumber(number === "");
    at("enter-kept").hidden = !kept;
    at("number").value = number;
    at("known-number").textContent = shown(number);
    at("enter-wrong").hidden = true;
    echo();
    show("enter");
    if (wrong) object(at("enter-wrong"), wrong);
  }

  /* The number is asked for only where it is not known; somebody at a shared tablet may have another vote. */
  function askNumber(asked) {
    at("number-field").hidden = !asked;
    at("number-known").hidden = asked;
  }

  /* The code as it is understood, in groups as on the slip. */
  function echo() {
    const code = plain(at("code").value), strange = code.match(/[^a-z2-7]/u);
    write(at("code-count"), strange
      ? said(`编码里没有“${strange[0]}”`, `there is no “${strange[0]}” in a code`)
      : said(`已输入${code.length}位，共${CODE}位`, `${code.length} of ${CODE} characters`));
    at("groups").textContent = "";
    for (let from = 0; from < CODE; from += 4) {
      const group = code.slice(from, from + 4);
      at("groups").append(make("li", /^[a-z2-7]{4}$/.test(group) ? "whole" : "", group));
    }
  }

  /* Somebody may paste the whole address of the slip. */
  function pasted() {
    const found = /#([0-9a-f]+)\.([a-z2-7]+)\s*$/i.exec(at("code").value);
    if (!found) return;
    number = numberOf(found[1]);
    at("number").value = number;
    at("code").value = grouped(found[2], "-");
  }

  function entered(event) {
    event.preventDefault();
    const typed = numberOf(at("number").value), code = whole(at("code").value, CODE);
    at("code").setAttribute("aria-invalid", String(!code));
    at("number").setAttribute("aria-invalid", String(!typed));
    if (!typed) return object(at("enter-wrong"), said("投票编号不对。它印在票上，编码的上面。", "This is no number of a vote. It stands on the slip, above the code."));
    if (!code) return object(at("enter-wrong"), said("编码不对。票上的编码是八组、每组四位，共三十二位。", "This is not a code. The code on the slip has eight groups of four characters."));
    secret = code;
    if (poll && typed === number) return answers.length ? review() : fill(); /* a code mistyped: the answers are still here */
    number = typed;
    return open();
  }

  /* -- the form -- */

  async function open() {
    again(false);
    show("wait");
    const answer = await answered("GET", `/b/poll/${number}`, null, (left, late) => {
      again(late);
      write(at("wait-state"), late ? said("线路不通，还没有打开。稍后自动再试。", "There is no line yet. It is tried again by itself.") : said("请稍等。", "One moment."));
      at("wait-state").classList.toggle("late", late);
    });
    if (!answer) return undefined;
    if (answer.status !== 200 || !answer.told.form) {
      number = "";
      return enter(said("没有这个编号的投票，请对一对票上的编号。", "There is no vote of this number. Please compare it with the slip."));
    }
    poll = answer.told;
    number = String(poll.number || poll.poll);
    if (errandOf && poll.phase !== "cast") return takeToken();
    if (poll.phase !== "cast") return notNow();
    return secret ? fill() : tokenOrCode();
  }

  async function notNow() {
    const mine = errand;
    if (!secret && poll.house && token.able()) {
      const held = await token.held();
      if (held && DECIDED.includes(poll.phase)) await window.Token.forget(poll.poll);
      if (mine !== errand) return undefined;
      if (held && !DECIDED.includes(poll.phase)) return holds();
    }
    const over = DECIDED.includes(poll.phase);
    return over
      ? stop(said("投票已经结束", "The vote is over"), said("票箱已经关上，不再收票。", "The urn is closed; no more ballots are taken."))
      : stop(said("投票还没有开始", "The vote has not begun"), said("开始以后再打开这一页，用同一张票。", "Open this page again when it has begun, with the same slip."));
  }

  /* Somebody came without a code: with a token, or with a slip that is typed. */
  async function tokenOrCode() {
    const mine = errand;
    if (poll.key_sha256 && !token.able()) return unable();
    const held = (poll.key_sha256 || poll.house) && token.able() && (await token.held());
    if (held && !poll.key) await window.Token.forget(poll.poll);
    if (mine !== errand) return undefined;
    if (held && !poll.key) {
      return stop(said("这次的电子票不算数", "Tokens do not count in this vote"),
        said("领电子票的人太少，投了会看得出是谁的，所以都不算数。请去抽一张纸票。", "So few took a token that their ballots could be told apart; none of them counts. Please draw a slip."));
    }
    return held ? fill() : enter(errandOf ? said("这部手机上没有这次投票的电子票，现在也领不了了。请用纸票上的编码。", "There is no token of this vote on this phone, and none can be taken now. Please use the code of a slip.") : undefined);
  }

  function unable() {
    return stop(said("这里用不了电子票", "A token cannot be used here"),
      said("电子票要靠浏览器加密和保存。这个网址不是 https 开头，或者浏览器太旧，或者用了无痕模式，做不到。请用纸票上的编码投票，或者换一台手机。",
        "A token needs the browser’s cryptography and store, which are not there: the address does not begin with https, the browser is too old or in private mode. Use the code of a slip, or another phone."));
  }

  /* -- taking a token: begun here, signed by the house, completed here -- */

  const HOUSE = /^https?:\/\/[A-Za-z0-9.\-[\]:]+$/; /* an origin and nothing behind it */

  async function takeToken() {
    const mine = errand, back = brought;
    if (DECIDED.includes(poll.phase)) return notNow();
    if (!token.able()) return unable();
    if (!HOUSE.test(poll.house || "")) return stop(said("这次投票没有电子票", "This vote has no tokens"), said("请用纸票投票。", "Please use a slip."));
    if (!(await token.ready())) return unable();
    if (!poll.key) return lateKey(mine);
    try {
      if (back && !(await window.Token.completed(poll, back)) && mine === errand) return stranger();
      const stands = await window.Token.stands(poll.poll), print = await window.Token.fingerprint(poll);
      if (mine !== errand) return undefined;
      return stands === "held" ? holds() : offer(stands, print);
    } catch (error) {
      return mine === errand ? unable() : undefined;
    }
  }

  /* The key was made a moment ago, and this host knows what it was told some seconds before. */
  async function lateKey(mine) {
    const wanted = errandOf;
    write(at("wait-state"), said("请稍等。", "One moment."));
    await pause(4);
    if (mine !== errand) return undefined;
    const told = await ask("GET", `/b/poll/${number}`, null);
    if (mine !== errand) return undefined;
    if (told && told.status === 200 && told.told.key) { poll = told.told; return takeToken(); }
    errandOf = wanted;
    return stop(said("现在还领不了", "It cannot be taken yet"), said("请回到“我的投票”再进来。", "Please go back to “My ballots” and come again."));
  }

  function stranger() {
    return stop(said("没有领成", "No token was taken"),
      said("送回来的签名，和这部手机上的电子票对不上。请用开始领票的那部手机、那个浏览器，从“我的投票”再来一次。",
        "What was signed does not fit a token on this phone. Please begin again from “My ballots”, on the phone and in the browser with which you began."));
  }

  function offer(stands, print) {
    ["name", "branch", "source"].forEach((id) => write(at(`take-${id}`), poll[id] ? text(poll[id]) : ""));
    at("take-print").textContent = print;
    at("take-house").textContent = poll.house;
    at("take-begun").hidden = stands !== "begun";
    show("take");
  }

  async function toTheHouse() {
    const mine = errand, house = poll.house, which = poll.poll;
    at("take-go").disabled = true;
    try {
      const blinded = await window.Token.begun(poll);
      if (mine === errand) location.assign(`${house}/ballots/take/${which}/#${blinded}`);
    } catch (error) {
      if (mine === errand) unable();
    } finally {
      at("take-go").disabled = false;
    }
  }

  /* The token is on this phone, and it is not yet the time. */
  function holds() {
    const back = poll.house;
    forget();
    at("held-back").hidden = !HOUSE.test(back || "");
    at("held-back").href = `${back}/ballots/`;
    show("held");
  }

  function stop(head, words) {
    forget();
    write(at("stop-head"), head);
    write(at("stop-words"), words);
    show("stop");
  }

  function fill() {
    const form = poll.form;
    answers = form.questions.map(() => BLANK);
    ["name", "branch", "source"].forEach((id) => write(at(id), poll[id] ? text(poll[id]) : ""));
    const until = poll.closes && day(poll.closes);
    const open = until ? [`投票到${until.zh}为止。`, `Open until ${until.en}. `] : ["", ""];
    write(at("until"), poll.revote
      ? said(`${open[0]}截止以前可以用同一张票改投，以最后一次为准。`, `${open[1]}Until the vote closes the same slip may be used again; the last ballot counts.`)
      : said(`${open[0]}投进去以后不能改。`, `${open[1]}Once cast, a ballot cannot be changed.`));
    at("questions").textContent = "";
    at("questions").append(...form.questions.map((question, place) => card(question, place, form)));
    if (form.comments) at("questions").append(commentCard());
    counted();
    show("form");
  }

  function card(question, place, form) {
    const legend = make("legend", "", make("span", "of", `${place + 1}/${form.questions.length} `), text(question));
    const grades = make("div", "grades", ...form.grades.map((grade, best) => choice(place, String(best + 1), text(grade))));
    const unknown = choice(place, UNKNOWN, said("不了解", "Don’t know"));
    unknown.classList.add("unknown");
    grades.append(unknown);
    const clear = make("button", "clear", said("清除，不答这题", "Clear: leave it blank"));
    clear.type = "button";
    clear.hidden = true;
    clear.onclick = () => {
      const first = grades.querySelector("input");
      grades.querySelectorAll("input").forEach((one) => { one.checked = false; });
      answer(place, BLANK);
      first.focus();
    };
    return make("fieldset", "paper question", legend, grades, clear);
  }

  function choice(place, sign, words) {
    const input = make("input", "");
    Object.assign(input, { type: "radio", name: `q${place}`, value: sign, autocomplete: "off" });
    input.onchange = () => answer(place, sign);
    return make("label", "grade", input, make("span", "face", words));
  }

  function answer(place, sign) {
    answers[place] = sign;
    at("questions").children[place].querySelector(".clear").hidden = sign === BLANK;
    counted();
  }

  function counted() {
    write(at("count"), said(`已答${marked()}题，共${answers.length}题`, `${marked()} of ${answers.length} answered`));
  }

  function commentCard() {
    const field = make("textarea", "typed");
    Object.assign(field, { id: "comment", rows: 4, maxLength: LONGEST_COMMENT, autocomplete: "off", spellcheck: false });
    field.setAttribute("aria-describedby", "comment-hint");
    field.oninput = () => { comment = sayable(field.value); };
    const label = make("label", "", said("还有什么想说的？可以不写。", "Anything else you want to say? You need not."));
    label.htmlFor = "comment";
    const hint = make("p", "hint", said(
      `请不要写名字，也不要写看得出是谁的事：自己的、别人的都不写。至多${LONGEST_COMMENT}字。`,
      `Please write no names and nothing that tells who somebody is, yourself included. At most ${LONGEST_COMMENT} characters.`));
    hint.id = "comment-hint";
    return make("div", "paper field", label, hint, field);
  }

  /* Without half signs and control signs, which no store takes. */
  function sayable(typed) {
    return typed.replace(/\p{Cs}|(?!\n)\p{Cc}/gu, "").trim();
  }

  /* -- the look before casting -- */

  function review() {
    const left = answers.length - marked(), none = marked() === 0;
    at("review-wrong").hidden = true;
    at("unanswered").className = left ? "note" : "";
    write(at("unanswered"), none
      ? said("一题也没有回答。至少回答一题才能投。", "Nothing is answered. Answer one question at least.")
      : left
        ? said(`还有${left}题没有回答。空着也可以，回去补上也可以。`, `${left} not answered. You may leave ${left === 1 ? "it" : "them"} blank, or go back.`)
        : said("每一题都答了。", "Every question is answered."));
    at("answers").textContent = "";
    at("answers").append(...poll.form.questions.map(line));
    if (poll.form.comments) at("answers").append(commentLine());
    write(at("final"), poll.revote
      ? said("投进去以后，截止前还可以用同一张票改投。", "Until the vote closes you may use the same slip again.")
      : said("投进去以后不能改，也不能收回。", "Once cast it cannot be changed or taken back."));
    at("cast").hidden = none;
    if (step === "form") history.pushState({ step: "review" }, "");
    show("review");
  }

  function line(question, place) {
    const sign = answers[place];
    const words = sign === BLANK ? said("没有回答", "Not answered") : sign === UNKNOWN ? said("不了解", "Don’t know") : text(poll.form.grades[sign - 1]);
    const asked = make("p", "asked", make("span", "of", `${place + 1} `), text(question));
    return make("li", "", asked, make("p", sign === BLANK ? "said blank" : "said", words), change(asked, place));
  }

  function commentLine() {
    const asked = make("p", "asked", said("想说的话", "What you added"));
    const words = comment || said("没有写", "Nothing");
    return make("li", "", asked, make("p", comment ? "said" : "of", words), change(asked, answers.length));
  }

  function change(asked, place) {
    const button = make("button", "more", said("改", "Change"));
    button.type = "button";
    button.id = `change-${place}`;
    asked.id = `asked-${place}`;
    button.setAttribute("aria-labelledby", `${button.id} ${asked.id}`);
    button.onclick = () => back(place);
    return button;
  }

  let goal = -1;

  function back(place) {
    goal = place;
    if (history.state && history.state.step === "review") history.back();
    else returned();
  }

  /* The phone's own button leads back too. */
  function returned() {
    if (step !== "review" && step !== "replace") return;
    show("form");
    const field = goal < 0 ? null : at("questions").children[goal];
    goal = -1;
    if (!field) return;
    field.scrollIntoView({ block: "start" });
    (field.querySelector("input:checked") || field.querySelector("input, textarea")).focus({ preventScroll: true });
  }

  /* -- casting -- */

  async function cast() {
    again(false);
    show("sending");
    const answer = await answered("POST", "/b/cast", await envelope(), sending);
    if (!answer) return undefined;
    const { status, told } = answer;
    if (status === 200 && whole(String(told.receipt), RECEIPT)) return done(grouped(whole(told.receipt, RECEIPT), "-"));
    if (status === 409 && poll.revote && rev < MOST_REVISIONS) {
      /* The urn alone knows how often the slip was used; where it does not say, the next higher number is tried. */
      rev = Number.isInteger(told.rev) && told.rev >= rev ? told.rev + 1 : rev + 1;
      return replacing ? cast() : show("replace");
    }
    if (status === 409 || status === 410) {
      return stop(said("这一张没有投进去", "This ballot was not taken"), refusal(told, "这张票已经投过，或者投票已经结束。", "The slip has been used before, or the vote is over."));
    }
    if (secret) { /* the form holds: what the urn does not know is the code */
      secret = "";
      return enter(refusal(told, "票箱不认得这个编码，请对着票再看一遍。", "The urn does not know this code. Compare it with the slip."), true);
    }
    review();
    return object(at("review-wrong"), refusal(told, "票箱没有收。", "The urn did not take it."));
  }

  /* No more is said than is known. */
  function sending(left, late) {
    again(late);
    at("sending-state").classList.toggle("late", late);
    const offline = navigator.onLine === false;
    write(at("sending-state"), left
      ? late
        ? said("已经送出，还没有收到回音，不知道进没进票箱。稍后自动再送。", "It was sent, but no answer has come: it is not known whether it is in the urn. It is sent again by itself.")
        : said("已经送出，等票箱回音。", "Sent. Waiting for the urn’s answer.")
      : !late
        ? said("正在送出。", "Being sent.")
        : offline
          ? said("还没有送出：手机没有网络。有了网络马上再送。", "Not sent: this phone has no network. It is sent as soon as there is one.")
          : said("还没有收到回音，多半没有送出。稍后自动再送。", "No answer has come; most likely it was not sent. It is sent again by itself."));
  }

  async function done(receipt) {
    const slip = secret !== "", revote = poll.revote, which = poll.poll, mine = errand;
    if (!slip && !revote) await window.Token.forget(which).catch(() => {});
    if (mine !== errand) return;
    forget();
    at("token-after").hidden = slip || !revote;
    at("nothing-kept").hidden = !slip && revote;
    at("receipt").textContent = receipt;
    at("receipt-number").textContent = shown(number);
    at("receipt-link").textContent = `${location.origin}/b/receipt.html`;
    at("receipt-link").href = `/b/receipt.html#${number}.${receipt}`;
    at("slip-after").hidden = !slip;
    write(at("slip-after"), revote
      ? said("票请收好，截止以前可以用它改投；截止以后请撕碎，不要给别人。", "Keep the slip until the vote closes, should you change your mind; then tear it up. Give it to nobody.")
      : said("票请撕碎，不要给别人：编码虽然用过了，还能用来找出您的选票。", "Tear up the slip and give it to nobody: though used, its code could still serve to find your ballot."));
    show("done");
  }

  /* ---- the page that looks for a receipt ---- */

  async function check(event) {
    if (event) event.preventDefault();
    const found = at("found"), typed = numberOf(at("number").value), receipt = whole(at("given").value, RECEIPT);
    at("number").setAttribute("aria-invalid", String(!typed));
    at("given").setAttribute("aria-invalid", String(!receipt));
    if (!typed || !receipt) return report("wrong", said("两个号要写全：投票编号，和四组、每组四位的回执号。", "Both are needed: the number of the vote, and a receipt of four groups of four."));
    const late = (left, slow) => report(slow ? "state late" : "state", slow ? said("线路不通，稍后自动再试。", "There is no line yet. It is tried again by itself.") : said("正在查。", "Looking."));
    const known = typed.length === 32 ? { status: 200, told: { poll: typed } } : await answered("GET", `/b/poll/${typed}`, null, late);
    if (!known) return undefined;
    if (known.status !== 200) return report("wrong", said("没有这个编号的投票。", "There is no vote of this number."));
    const answer = await answered("GET", `/b/receipt/${known.told.poll}/${grouped(receipt, "-")}`, null, late);
    if (!answer) return undefined;
    return answer.status === 200 && answer.told.in === true
      ? report("fine", said("在。票箱里有这个回执号的选票。", "Yes. A ballot with this receipt is in the urn."))
      : report("wrong", said("没有查到。先看看两个号有没有抄错；改投过的，只有最后一次的回执号还查得到。号没有错而查不到，请向上一级党组织反映。",
        "No. First compare both numbers; where a ballot was replaced, only the last receipt is found. If they are right and it is not found, tell the next higher Party organisation."));

    function report(name, words) {
      found.firstChild || found.append(make("p", ""));
      found.firstChild.className = name;
      write(found.firstChild, words);
    }
  }

  /* ---- beginning ---- */

  /* What stands after the # of the address, which is taken off at once: nobody reads it over a shoulder or in the list of
     pages visited. */
  function taken() {
    const whole = location.hash.slice(1), bare = whole.replace(/^(take|signed)\./, "");
    if (bare !== whole) {
      if (location.hash) history.replaceState(null, "", location.pathname);
      const [first, ...signature] = bare.split(".");
      return { errandOf: whole.slice(0, whole.indexOf(".")), hash: whole, number: numberOf(first), rest: signature.join(".") };
    }
    const hash = location.hash.slice(1), path = /^\/b\/([0-9a-fA-F]+)\/?$/.exec(location.pathname);
    if (location.hash) history.replaceState(null, "", location.pathname);
    const [first, ...rest] = hash.split(".");
    return { hash, number: numberOf(first) || (path ? numberOf(path[1]) : ""), rest: rest.join(".") };
  }

  function begin() {
    const found = taken();
    if (found.hash === "about") at("about").open = true;
    number = found.number;
    errandOf = found.errandOf || "";
    if (errandOf) {
      brought = errandOf === "signed" ? found.rest : "";
      return number ? open() : enter();
    }
    secret = whole(found.rest, CODE);
    if (!secret && found.rest) at("code").value = found.rest;
    if (number && (secret || (found.hash && !found.rest))) return open();
    return enter(found.rest && said("这个地址里的编码不全，请照着票输入。", "The code in this address is not whole. Please type it from the slip."));
  }

  function beginBallot() {
    at("enter").onsubmit = entered;
    at("other-number").onclick = () => { askNumber(true); at("number").value = ""; at("number").focus(); };
    at("code").oninput = () => { pasted(); echo(); };
    at("code").onkeydown = (event) => { if (event.key === "Enter" && !event.isComposing) entered(event); };
    at("questions").onsubmit = (event) => event.preventDefault();
    at("to-review").onclick = review;
    at("to-form").onclick = () => back(-1);
    at("cast").onclick = cast;
    at("take-go").onclick = toTheHouse;
    at("replace").onclick = () => { replacing = true; cast(); };
    document.querySelectorAll("[data-anew]").forEach((one) => { one.onclick = anew; });
    document.querySelectorAll("[data-again]").forEach((one) => { one.onclick = () => wake(); });
    window.addEventListener("popstate", returned);
    window.addEventListener("beforeunload", (event) => { if (unsaid()) { event.preventDefault(); event.returnValue = ""; } });
    /* Whoever comes back to a page that the browser kept must not find somebody's answers. */
    window.addEventListener("pagehide", forget);
    window.addEventListener("pageshow", (event) => { if (event.persisted) anew(); });
    window.addEventListener("hashchange", () => {
      if (!location.hash) return;
      if (step === "sending") { taken(); return; }
      forget();
      begin();
    });
    begin();
  }

  function beginReceipt() {
    const found = taken();
    at("check").onsubmit = check;
    at("number").value = found.number;
    at("given").value = found.rest;
    show("ask");
    if (found.number && found.rest) check();
  }

  document.querySelectorAll("[data-tongue]").forEach((one) => { one.onclick = () => speak(one.dataset.tongue); });
  window.addEventListener("online", () => wake());
  speak(/^en\b/i.test(navigator.language) ? "en" : "zh-Hans");
  if (at("check")) beginReceipt();
  else beginBallot();
})();
