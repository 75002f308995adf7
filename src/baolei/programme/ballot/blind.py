"""Blind signatures 盲签名: a poll's key signs a token without seeing it (RFC 9474, RSABSSA-SHA384-PSS-Randomized).

The page prepares and blinds, whoever keeps the poll's key signs, the page finalizes; what comes out is a plain
RSASSA-PSS signature that anybody can verify. Nothing here makes up a random number: the caller brings the randomiser
(32 bytes), the salt (48 bytes), and numbers drawn evenly from 1 up to below the modulus.
"""

from __future__ import annotations

import hashlib

import gmpy2
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from baolei.programme.ballot.ballot import BallotRefused
from baolei.programme.standard.edition import Text

KEY_BITS, EXPONENT = 2048, 65537
"""What the key of a poll is: RSA, so many bits, with this public exponent."""
RANDOMISER_BYTES, SALT_BYTES, SIGNATURE_BYTES = 32, 48, KEY_BITS // 8
_HASH_BYTES = 48


class SigningFailed(Exception):
    """The machine miscounted while it signed. Nothing was given out: a signature that is wrong in one half tells the
    key. Signing again is right; a machine that does it twice is broken.
    """


# ---- the message ----


def prepare(message: bytes, randomiser: bytes) -> bytes:
    """The message with its randomiser (32 bytes) before it: what is signed, and what is verified later.

    Raises ValueError for a randomiser of another length. Source: RFC 9474, section 4.1, PrepareRandomize.
    """
    if len(randomiser) != RANDOMISER_BYTES:
        raise ValueError(f"a randomiser has {RANDOMISER_BYTES} bytes")
    return randomiser + message


def encode(prepared: bytes, salt: bytes, bits: int) -> bytes:
    """A prepared message as the number that an RSA key of so many bits signs, big-endian.

    Source: RFC 8017, section 9.1.1, EMSA-PSS-ENCODE with SHA-384 and MGF1 of SHA-384.
    """
    length = (bits + 6) // 8  # one bit less than the modulus
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(prepared).digest() + salt).digest()
    plain = b"\x01" + salt
    block = plain.rjust(length - _HASH_BYTES - 1, b"\x00")
    masked = bytearray(one ^ other for one, other in zip(block, _mask(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * length - (bits - 1))
    return bytes(masked) + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 of SHA-384 (RFC 8017, appendix B.2.1)."""
    rounds = -(-length // _HASH_BYTES)
    return b"".join(hashlib.sha384(seed + at.to_bytes(4, "big")).digest() for at in range(rounds))[:length]


# ---- what the elector's page does ----


def blind(key: RSAPublicKey, prepared: bytes, salt: bytes, r: int) -> tuple[bytes, bytes]:
    """The blinded message, which is sent to be signed, and the inverse, which is kept: each as long as the modulus.

    `salt` is 48 bytes and `r` a number below the modulus, both fresh for each message. Raises ValueError for others,
    and where message or `r` share a factor with the modulus: such a key is made to betray. Source: RFC 9474, 4.2.
    """
    n, e, length = _numbers(key)
    if len(salt) != SALT_BYTES or not 0 < r < n:
        raise ValueError(f"the salt has {SALT_BYTES} bytes, and r is from 1 up to below the modulus")
    m = int.from_bytes(encode(prepared, salt, key.key_size), "big")
    if gmpy2.gcd(m, n) != 1 or gmpy2.gcd(r, n) != 1:
        raise ValueError("nothing may share a factor with the modulus: draw again, or distrust the key")
    blinded = m * gmpy2.powmod(r, e, n) % n
    return _bytes(blinded, length), _bytes(gmpy2.invert(r, n), length)


def finalize(key: RSAPublicKey, prepared: bytes, blind_signature: bytes, inverse: bytes) -> bytes:
    """The signature of a prepared message, from what was answered to its blinded form.

    Raises BallotRefused where the answer is no signature of it by this key. Source: RFC 9474, section 4.4.
    """
    n, _e, length = _numbers(key)
    if len(blind_signature) == len(inverse) == length:
        signature = _bytes(_number(blind_signature) * _number(inverse) % n, length)
        if verify(key, prepared, signature):
            return signature
    raise BallotRefused(
        Text("收到的不是本次投票密钥的签名", "what came back is not signed by the key of this poll"),
        Text("请重新领票；再不行请告诉组织者", "ask for the token again; if it stays so, tell the organisers"),
    )


def verify(key: RSAPublicKey, prepared: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature of a prepared message: plain RSASSA-PSS, SHA-384, a salt of 48 bytes."""
    try:
        key.verify(signature, prepared, PSS(MGF1(SHA384()), SALT_BYTES), SHA384())
    except InvalidSignature:
        return False
    return True


# ---- what the keeper of the key does ----


def sign(key: RSAPrivateKey, blinded: bytes, base_blinding: int) -> bytes:
    """The blind signature of a blinded message; the same one for the same message, whatever blinds it here.

    `base_blinding` is a fresh number below the modulus: what is raised to the private exponent is nothing that the
    asker chose, so the time it takes tells nothing. Raises BallotRefused for a message that is none, ValueError for a
    number out of range, SigningFailed where the result is wrong. Source: RFC 9474, section 4.3.
    """
    n, e, length = _numbers(key.public_key())
    m = _number(blinded)
    if len(blinded) != length or not 0 < m < n:
        raise BallotRefused(
            Text("这不是可以签名的内容", "this is nothing that can be signed"),
            Text(f"应为{length}字节、小于密钥模数的数", f"a number of {length} bytes below the modulus of the key"),
        )
    if not 0 < base_blinding < n:
        raise ValueError("the number that blinds is from 1 up to below the modulus")
    hidden = m * gmpy2.powmod_sec(base_blinding, e, n) % n
    s = _root(key, hidden) * gmpy2.invert(base_blinding, n) % n
    if gmpy2.powmod(s, e, n) != m:
        raise SigningFailed("the signature does not fit its message; it was not given out")
    return _bytes(s, length)


def _root(key: RSAPrivateKey, m: int) -> int:
    """The number to the private exponent, by the Chinese remainder theorem (RFC 8017, section 5.1.2)."""
    private = key.private_numbers()
    p, q = private.p, private.q
    of_p = gmpy2.powmod_sec(m % p, private.dmp1, p)
    of_q = gmpy2.powmod_sec(m % q, private.dmq1, q)
    return int(of_q + q * ((of_p - of_q) * private.iqmp % p))


# ---- keys ----


def public_key(spki: bytes) -> RSAPublicKey:
    """The key of a poll from its SubjectPublicKeyInfo (DER). Raises BallotRefused for what is no key of a poll."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key() from None
    if not isinstance(key, RSAPublicKey) or key.key_size != KEY_BITS or key.public_numbers().e != EXPONENT:
        raise _no_key()
    return key


def private_key(pkcs8: bytes) -> RSAPrivateKey:
    """The private key of a poll from its PKCS8 (DER), as `private_bytes` wrote it. Raises BallotRefused.

    Whether its numbers fit each other is not asked here, which takes thirty times as long as signing: `sign` checks
    every signature before it gives it out.
    """
    try:
        key = load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _no_key() from None
    if not isinstance(key, RSAPrivateKey) or key.key_size != KEY_BITS:
        raise _no_key()
    return key


def public_bytes(key: RSAPublicKey) -> bytes:
    """The SubjectPublicKeyInfo (DER) of the key of a poll."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_bytes(key: RSAPrivateKey) -> bytes:
    """The PKCS8 (DER) of the private key of a poll, not encrypted."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def key_hash(spki: bytes) -> bytes:
    """What the notice of a poll shows of its key: a key of one's own for each elector would tell the tokens apart."""
    return hashlib.sha256(spki).digest()


def _no_key() -> BallotRefused:
    return BallotRefused(
        Text("这不是投票的密钥", "this is no key of a poll"),
        Text(f"应为RSA-{KEY_BITS}密钥，公开指数{EXPONENT}", f"an RSA key of {KEY_BITS} bits, exponent {EXPONENT}"),
    )


# ---- numbers ----


def _numbers(key: RSAPublicKey) -> tuple[int, int, int]:
    """Modulus, exponent, and how many bytes the modulus has."""
    public = key.public_numbers()
    return public.n, public.e, (key.key_size + 7) // 8


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _bytes(number: int, length: int) -> bytes:
    return int(number).to_bytes(length, "big")
