"""Codes that people hold, and the digests under which they are kept (foundations 4)."""

from __future__ import annotations

import hashlib
import hmac

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011", "-\u2010\u2011\u2013")


def sha256(value: str) -> bytes:
    """SHA-256 of a text; of submission keys and codes the database keeps only this."""
    return hashlib.sha256(value.encode()).digest()


def folio_of(submission: str) -> str:
    """The code: 80 bits of SHA-256 over ``"folio"`` and the submission key in Crockford base32, four groups of four."""
    bits = int.from_bytes(hashlib.sha256(b"folio" + submission.encode()).digest()[:10], "big")
    letters = "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(75, -5, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def read_folio(typed: str) -> str | None:
    """The code as printed, from what was typed: case, spaces and hyphens ignored, O I L read as 0 1 1."""
    plain = "".join(typed.upper().translate(READ_AS).split())
    if len(plain) != 16 or any(letter not in CROCKFORD for letter in plain):
        return None
    return "-".join(plain[i : i + 4] for i in range(0, 16, 4))


def confirmation_code(secret: str, folio: str, email: str) -> str:
    """Eight letters that only the mailed link carries; typed or filled in, they confirm the address."""
    digest = hmac.digest(secret.encode(), f"confirm|{folio}|{email}".encode(), "sha256")
    return "".join(CROCKFORD[byte & 31] for byte in digest[:8])
