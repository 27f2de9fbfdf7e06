"""Names and titles that are written from right to left, or hold signs that turn the direction, stay among themselves:
what stands beside them is read as it was written."""

from __future__ import annotations

import re

_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LEFTWARDS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]|" + _TURNS.pattern
)
FIRST_STRONG, POP = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """A line of typed text to stand among other words (Unicode Standard Annex 9): isolated if any of it runs leftwards,
    without signs that would turn what follows. What is stored keeps them."""
    if not _LEFTWARDS.search(text):
        return text
    return f"{FIRST_STRONG}{_TURNS.sub('', text)}{POP}"
