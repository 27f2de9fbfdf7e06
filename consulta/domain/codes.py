"""Codes that people hold, and the digests under which they are kept (foundations 4)."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")
_WRITTEN = tuple(
    re.compile(rf"(?<![0-9A-Z]){apart.join(['([0-9A-Z]{4})'] * 4)}(?![0-9A-Z])")
    for apart in ("[ ]*-[ -]*", "", "[ -]+")
)
"""A code among other words: with hyphens, in one piece, with spaces; tried in this order."""


def sha256(value: str) -> bytes:
    """SHA-256 of a text; of submission keys and codes the database keeps only this."""
    return hashlib.sha256(value.encode()).digest()


def folio_of(submission: str) -> str:
    """The code: 80 bits of SHA-256 over ``"folio"`` and the submission key in Crockford base32, four groups of four."""
    bits = int.from_bytes(hashlib.sha256(b"folio" + submission.encode()).digest()[:10], "big")
    letters = "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(75, -5, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def read_folio(typed: str) -> str | None:
    """The code as printed, from whatever was typed or pasted: ``Código: …``, a mail's whole link, any dash, invisible
    signs; case, spaces and hyphens ignored, O I L read as 0 1 1."""
    text = "".join(_plain(ch) for ch in unicodedata.normalize("NFKC", typed[:2_000])).upper()
    whole = _code(text.replace("-", "").replace(" ", ""))
    return whole or next((code for found in _among(text) if (code := _code("".join(found)))), None)


def _plain(ch: str) -> str:
    """A letter as it is; every dash as a hyphen, every space as one; nothing for what is not seen."""
    kind = unicodedata.category(ch)
    if kind == "Pd" or ch == "\u2212":
        return "-"
    if kind in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    return "" if kind in ("Cf", "Mn") else ch


def _among(text: str) -> Iterator[tuple[str, ...]]:
    """What may be a code among other words; of words that are apart by spaces only, the last first."""
    hyphens, pieces, spaces = _WRITTEN
    yield from hyphens.findall(text)
    yield from pieces.findall(text)
    words = text.split(" ")
    yield from reversed([found for at in range(len(words)) for found in spaces.findall(" ".join(words[at : at + 4]))])


def _code(letters: str) -> str | None:
    plain = letters.translate(READ_AS)
    if len(plain) != 16 or any(letter not in CROCKFORD for letter in plain):
        return None
    return "-".join(plain[i : i + 4] for i in range(0, 16, 4))


def confirmation_code(secret: str, folio: str, email: str) -> str:
    """Eight letters that only the mailed link carries; typed or filled in, they confirm the address."""
    digest = hmac.digest(secret.encode(), f"confirm|{folio}|{email}".encode(), "sha256")
    return "".join(CROCKFORD[byte & 31] for byte in digest[:8])
