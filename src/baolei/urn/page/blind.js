/* Baolei 堡垒: the credential of a ballot, made in the page.
 *
 * For whoever compares the hash of this file and wants to know what it does:
 *
 *   - it makes a key pair on this device (the token); its private half cannot be read out, not even by this page;
 *   - it has the token signed by the key of the poll without showing it (RFC 9474, RSABSSA-SHA384-PSS-Randomized);
 *   - it writes a ballot as bytes and signs them with the token.
 *
 * It sends nothing, stores nothing, and asks nobody; it only computes. Hashes and signatures are the browser's own
 * (WebCrypto, which browsers offer over HTTPS and on localhost only). The numbers of RSA are BigInt: what is raised to a
 * power here is raised to the public exponent. The same functions stand in Python in baolei/programme/ballot, and the
 * same test vectors are put to both. Bytes are Uint8Array everywhere, numbers BigInt.
 */
var Blind = (function () {
  "use strict";

  const HASH = 48; // bytes of SHA-384
  const SALT = 48;
  const RANDOMISER = 32;
  const SIGNATURE = 256; // bytes of a signature by the key of a poll, RSA-2048
  const PSS = { name: "RSA-PSS", saltLength: SALT };
  const ECDSA = { name: "ECDSA", hash: "SHA-256" };
  const P256 = { name: "ECDSA", namedCurve: "P-256" };

  // ---- bytes and numbers ----

  function utf8(text) {
    return new TextEncoder().encode(text);
  }

  function joined() {
    const parts = Array.from(arguments);
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  function hex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function fromHex(text) {
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  }

  function same(one, other) {
    return hex(one) === hex(other);
  }

  function toNumber(bytes) {
    return BigInt("0x" + (hex(bytes) || "0"));
  }

  function toBytes(number, length) {
    return fromHex(number.toString(16).padStart(2 * length, "0"));
  }

  /* A length or a counter, the highest byte first. */
  function counted(number, length) {
    return toBytes(BigInt(number), length);
  }

  function random(length) {
    return crypto.getRandomValues(new Uint8Array(length));
  }

  /* A number drawn evenly from 1 up to below the limit: one that is too large is thrown away, never folded back. */
  function drawnBelow(limit) {
    const length = Math.ceil(limit.toString(16).length / 2);
    for (;;) {
      const drawn = toNumber(random(length));
      if (drawn > 0n && drawn < limit) return drawn;
    }
  }

  async function digest(name, bytes) {
    return new Uint8Array(await crypto.subtle.digest(name, bytes));
  }

  function sha256(bytes) {
    return digest("SHA-256", bytes);
  }

  function sha384(bytes) {
    return digest("SHA-384", bytes);
  }

  /* base to the exponent, modulo the modulus: square, and multiply where the exponent has a one. */
  function modpow(base, exponent, modulus) {
    let power = base % modulus;
    let result = 1n;
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = (result * power) % modulus;
      power = (power * power) % modulus;
    }
    return result;
  }

  /* The number that makes 1 with this one, modulo the modulus (Euclid). Throws where they share a factor. */
  function inverseOf(number, modulus) {
    let [rest, next] = [modulus, number % modulus];
    let [found, following] = [0n, 1n];
    while (next > 0n) {
      const times = rest / next;
      [rest, next] = [next, rest - times * next];
      [found, following] = [following, found - times * following];
    }
    if (rest !== 1n) throw new Error("nothing may share a factor with the modulus");
    return ((found % modulus) + modulus) % modulus;
  }

  // ---- the key of a poll ----

  /* The key of a poll from its SubjectPublicKeyInfo. Who votes compares its hash with the one on the notice: a key of
   * one's own for each elector would tell the tokens apart. */
  async function publicKey(spki) {
    const verifier = await crypto.subtle.importKey("spki", spki, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
    const parts = await crypto.subtle.exportKey("jwk", verifier);
    const n = toNumber(fromBase64(parts.n));
    return { n: n, e: toNumber(fromBase64(parts.e)), bits: n.toString(2).length, spki: spki, verifier: verifier };
  }

  function fromBase64(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  }

  function keyHash(spki) {
    return sha256(spki);
  }

  // ---- the blind signature: RFC 9474, section 4 ----

  /* What is signed: the message with 32 random bytes before it. */
  function prepare(message, randomiser) {
    if (randomiser.length !== RANDOMISER) throw new Error("a randomiser has 32 bytes");
    return joined(randomiser, message);
  }

  /* A prepared message as the number that an RSA key of so many bits signs: EMSA-PSS (RFC 8017, section 9.1.1). */
  async function encode(prepared, salt, bits) {
    const length = Math.ceil((bits - 1) / 8);
    const hash = await sha384(joined(new Uint8Array(8), await sha384(prepared), salt));
    const block = joined(new Uint8Array(length - HASH - salt.length - 2), Uint8Array.of(1), salt);
    const mask = await maskOf(hash, block.length);
    const masked = block.map((byte, at) => byte ^ mask[at]);
    masked[0] &= 0xff >> (8 * length - (bits - 1));
    return joined(masked, hash, Uint8Array.of(0xbc));
  }

  /* As many bytes from a seed as are wanted: MGF1 (RFC 8017, appendix B.2.1). */
  async function maskOf(seed, length) {
    let mask = new Uint8Array(0);
    for (let at = 0; mask.length < length; at++) {
      mask = joined(mask, await sha384(joined(seed, counted(at, 4))));
    }
    return mask.slice(0, length);
  }

  /* The blinded message, which is sent to be signed, and the inverse, which stays here and takes the blind off again.
   * Salt and r are drawn afresh; only tests give them. */
  async function blind(key, prepared, salt = random(SALT), r = drawnBelow(key.n)) {
    const length = Math.ceil(key.bits / 8);
    const m = toNumber(await encode(prepared, salt, key.bits));
    inverseOf(m, key.n); // a key that was made to betray could share a factor with the message
    const inverse = inverseOf(r, key.n);
    const blinded = (m * modpow(r, key.e, key.n)) % key.n;
    return { blinded: toBytes(blinded, length), inverse: toBytes(inverse, length) };
  }

  /* The signature of a prepared message, from what was answered to its blinded form. Throws where it is none. */
  async function finalize(key, prepared, blindSignature, inverse) {
    const length = Math.ceil(key.bits / 8);
    if (blindSignature.length !== length || inverse.length !== length) throw new Error("the answer has a wrong length");
    const signature = toBytes((toNumber(blindSignature) * toNumber(inverse)) % key.n, length);
    if (!(await verify(key, prepared, signature))) throw new Error("the answer is not signed by the key of this poll");
    return signature;
  }

  /* Whether this is the key's signature of a prepared message. */
  function verify(key, prepared, signature) {
    return crypto.subtle.verify(PSS, key.verifier, signature, prepared);
  }

  // ---- tokens and slips ----

  /* A new token: a key pair whose private half never leaves the browser, and the token itself, its public half. */
  async function newToken() {
    const pair = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    return { privateKey: pair.privateKey, spki: spki };
  }

  /* What the key of a poll signs for a token. */
  async function tokenMessage(poll, spki) {
    return joined(utf8("baolei token 1"), poll, await sha256(spki));
  }

  /* The credential's hash of a token, under which its ballot is kept. */
  function tokenHash(poll, spki) {
    return sha256(joined(utf8("baolei cred 1"), poll, spki));
  }

  /* The credential's hash of a slip. */
  function slipHash(poll, secret) {
    return sha256(joined(utf8("baolei slip 1"), poll, secret));
  }

  /* What is asked of the keeper of the poll's key (`blinded`), and what stays here until the answer comes. */
  async function ask(key, poll, spki) {
    const randomiser = random(RANDOMISER);
    const prepared = prepare(await tokenMessage(poll, spki), randomiser);
    const { blinded, inverse } = await blind(key, prepared);
    return { blinded: blinded, inverse: inverse, prepared: prepared, randomiser: randomiser };
  }

  // ---- the ballot ----

  /* A ballot as bytes, the one form that is signed, hashed and proved. The ballot: kind (1 slip, 2 token), poll (16
   * bytes), cred (32), rev, answers (a sign for each question), comment (a text, empty where there is none). */
  async function ballotBody(ballot) {
    encodeURIComponent(ballot.comment); // throws for half a character, which has no bytes of its own
    const answers = utf8(ballot.answers);
    return joined(
      utf8("baolei ballot 1"),
      Uint8Array.of(ballot.kind),
      ballot.poll,
      ballot.cred,
      counted(ballot.rev, 2),
      counted(answers.length, 2),
      answers,
      ballot.comment ? await sha256(utf8(ballot.comment)) : new Uint8Array(32)
    );
  }

  /* The token's signature of a ballot, 64 bytes: r and s. */
  async function signBallot(privateKey, body) {
    return new Uint8Array(await crypto.subtle.sign(ECDSA, privateKey, body));
  }

  /* The proof that goes with a ballot cast by token. */
  function tokenProof(spki, randomiser, signature, hand) {
    if (signature.length !== SIGNATURE) throw new Error("the key of a poll has 2048 bits");
    return joined(spki, randomiser, signature, hand);
  }

  /* Whether the proof by token is good for the ballot under the poll's key. */
  async function tokenHolds(key, ballot, proof) {
    const [spki, randomiser, signature, hand] = [
      proof.slice(0, 91),
      proof.slice(91, 123),
      proof.slice(123, 379),
      proof.slice(379),
    ];
    if (!same(await tokenHash(ballot.poll, spki), ballot.cred)) return false;
    const prepared = prepare(await tokenMessage(ballot.poll, spki), randomiser);
    if (!(await verify(key, prepared, signature))) return false;
    const token = await crypto.subtle.importKey("spki", spki, P256, true, ["verify"]);
    return crypto.subtle.verify(ECDSA, token, hand, await ballotBody(ballot));
  }

  /* The hash of a ballot with its proof, by which it stands in the tree. */
  async function leaf(body, proof) {
    return sha256(joined(Uint8Array.of(0), body, proof));
  }

  /* What the voter keeps: the first 80 bits of the leaf, in groups of four letters and digits. */
  function receipt(leafHash) {
    const bits = Array.from(leafHash.slice(0, 10), (byte) => byte.toString(2).padStart(8, "0")).join("");
    const signs = bits.match(/.{5}/g).map((five) => "abcdefghijklmnopqrstuvwxyz234567"[parseInt(five, 2)]);
    return signs.join("").match(/.{4}/g).join("-");
  }

  return Object.freeze({
    hex, fromHex, toNumber, toBytes, inverseOf,
    publicKey, keyHash, prepare, encode, blind, finalize, verify,
    newToken, tokenMessage, tokenHash, slipHash, ask,
    ballotBody, signBallot, tokenProof, tokenHolds, leaf, receipt,
  });
})();
