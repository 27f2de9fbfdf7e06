"""Which signs our fonts can print. PDF/UA refuses a document with one that they cannot, so it is replaced before."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "typst" / "fonts"
UNKNOWN = "□"
BYTE_ORDER_MARK = 0xFEFF
"""In the fonts, but no PDF may hold it."""


def printable(text: str) -> str:
    """The text with a box for each sign that our fonts lack; what has no shape of its own is left out."""
    return text if text.isascii() else text.translate(_table())


class _Replacements(dict[int, str | int]):
    """Code point to what is printed, found out on first use."""

    def __missing__(self, code: int) -> str | int:
        self[code] = found = _replacement(code)
        return found


@lru_cache(maxsize=1)
def _table() -> _Replacements:
    return _Replacements()


def _replacement(code: int) -> str | int:
    if code in _covered() and code != BYTE_ORDER_MARK:
        return code
    shapeless = unicodedata.category(chr(code)) == "Cf" or 0xFE00 <= code <= 0xFE0F
    return "" if shapeless else UNKNOWN


def breadth(text: str) -> float:
    """How wide a text is in our regular face, in units of its size, without kerning."""
    advances = _faces()[0]
    return sum(advances.get(ord(sign), 0.8) for sign in text)


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """The code points that the regular and the bold face have, and the line end."""
    return frozenset.intersection(*(frozenset(face) for face in _faces())) | {10}


@lru_cache(maxsize=1)
def _faces() -> tuple[dict[int, float], ...]:
    return tuple(_advances((FONTS / name).read_bytes()) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))


def _advances(font: bytes) -> dict[int, float]:
    """Code point to advance of a TrueType font: its tables ``cmap`` (segments of format 4) and ``hmtx``."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = dict(struct.unpack_from(">4s4xL", font, 12 + 16 * n) for n in range(count))
    units = struct.unpack_from(">H", font, tables[b"head"] + 18)[0]
    measured = struct.unpack_from(">H", font, tables[b"hhea"] + 34)[0]
    found: dict[int, float] = {}
    for code, glyph in _glyphs(font, tables[b"cmap"]):
        at = tables[b"hmtx"] + 4 * min(glyph, measured - 1)
        found[code] = struct.unpack_from(">H", font, at)[0] / units
    return found


def _glyphs(font: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Code point and number of the glyph, of the first table, which is of format 4 in our fonts."""
    at = cmap + int(struct.unpack_from(">L", font, cmap + 8)[0])
    size = struct.unpack_from(">H", font, at + 6)[0] // 2
    starts_at = at + 16 + 2 * size
    ends = struct.unpack_from(f">{size}H", font, at + 14)
    starts, deltas, offsets = (struct.unpack_from(f">{size}H", font, starts_at + 2 * size * n) for n in range(3))
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                place = starts_at + 4 * size + 2 * n + offsets[n] + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, place)[0]
            if glyph or not offsets[n]:
                yield code, (glyph + deltas[n]) % 0x10000
