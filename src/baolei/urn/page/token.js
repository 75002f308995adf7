/* Baolei 堡垒: the token that is taken by phone before the casting begins, and casts a ballot afterwards.

   Loaded by the ballot page for votes that have tokens, with blind.js, which computes. This script keeps: for each vote
   one record in this browser (IndexedDB), with a key pair whose private half nobody can read out, the randomiser and the
   poll's signature. It is the one thing this page keeps, and it is deleted once it is of no more use. It asks nobody. */
var Token = (() => {
  "use strict";
  const NAME = "baolei", STORE = "tokens";
  const CREDIT = 400 * 86400000; /* milliseconds; the last day of a vote is a plan, and may be put off by months */

  /* ---- the record of a vote ---- */

  /* The store of this browser; null where there is none yet and none is to be made: looking leaves nothing behind. */
  function opened(making) {
    return new Promise((done, failed) => {
      const call = indexedDB.open(NAME, 1);
      call.onupgradeneeded = () => {
        if (making) call.result.createObjectStore(STORE, { keyPath: "poll" });
        else call.transaction.abort();
      };
      call.onsuccess = () => done(call.result);
      call.onerror = (event) => {
        event.preventDefault();
        if (making) failed(call.error);
        else done(null);
      };
    });
  }

  async function asked(mode, question, making) {
    const to = await opened(making);
    if (!to) return undefined;
    try {
      return await new Promise((done, failed) => {
        const act = to.transaction(STORE, mode), call = question(act.objectStore(STORE));
        act.oncomplete = () => done(call.result);
        act.onabort = act.onerror = () => failed(act.error);
      });
    } finally {
      to.close();
    }
  }

  const record = (poll) => asked("readonly", (store) => store.get(poll), false);
  const keep = (one) => asked("readwrite", (store) => store.put(one), true);

  /* Deletes the record of a vote, and the store with the last one. */
  async function forget(poll) {
    await asked("readwrite", (store) => store.delete(poll), false);
    const left = await asked("readonly", (store) => store.count(), false);
    if (left === 0) await new Promise((done) => { const call = indexedDB.deleteDatabase(NAME); call.onsuccess = call.onerror = call.onblocked = () => done(); });
  }

  /* Deletes what votes that are long over have left. */
  async function tidy() {
    for (const one of (await asked("readonly", (store) => store.getAll(), false)) || []) {
      if (one.closes && Date.parse(one.closes) + CREDIT < Date.now()) await forget(one.poll);
    }
  }

  /* ---- bytes as text ---- */

  function plain(bytes) {
    return btoa(String.fromCharCode.apply(null, bytes));
  }

  function inAddress(bytes) {
    return plain(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function fromText(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  }

  /* ---- taking ---- */

  /* What the house is to sign, as it stands in an address: a new token, or the one that was begun on this phone before;
     the same is signed again, another one is not. `poll` as the host says it. */
  async function begun(poll) {
    const before = await record(poll.poll);
    if (before && before.key === poll.key) return inAddress(before.blinded);
    const key = await Blind.publicKey(fromText(poll.key)), token = await Blind.newToken();
    const asking = await Blind.ask(key, Blind.fromHex(poll.poll), token.spki);
    await keep({ poll: poll.poll, key: poll.key, closes: poll.closes, privateKey: token.privateKey, spki: token.spki,
      randomiser: asking.randomiser, prepared: asking.prepared, blinded: asking.blinded, inverse: asking.inverse });
    return inAddress(asking.blinded);
  }

  /* Takes the blind off what the house has signed. False where it is none of what was begun here. */
  async function completed(poll, answer) {
    const one = await record(poll.poll);
    if (!one || one.key !== poll.key) return false;
    if (one.signature) return true;
    try {
      const key = await Blind.publicKey(fromText(poll.key));
      one.signature = await Blind.finalize(key, one.prepared, fromText(answer), one.inverse);
    } catch (error) {
      return false;
    }
    await keep(one);
    return true;
  }

  /* How a vote stands on this phone: "" nothing, "begun", "held". */
  async function stands(poll) {
    const one = await record(poll);
    return one ? (one.signature ? "held" : "begun") : "";
  }

  /* The digest of a poll's key as people compare it. */
  async function fingerprint(poll) {
    return Blind.receipt(await Blind.keyHash(fromText(poll.key)));
  }

  /* ---- casting ---- */

  /* The parts of the token that go with a ballot, signed by its key. */
  async function signed(ballot) {
    const one = await record(ballot.poll), poll = Blind.fromHex(ballot.poll);
    const cred = await Blind.tokenHash(poll, one.spki);
    const body = await Blind.ballotBody({ kind: 2, poll: poll, cred: cred, rev: ballot.rev, answers: ballot.answers, comment: ballot.comment });
    const hand = await Blind.signBallot(one.privateKey, body);
    return { spki: plain(one.spki), randomiser: plain(one.randomiser), signature: plain(one.signature), signed: plain(hand) };
  }

  return Object.freeze({ begun, completed, stands, fingerprint, signed, forget, tidy });
})();
