"""Cells that a spreadsheet would run as a formula: an apostrophe goes in front of them, and comes off when our own file
is read again. One rule for both ways, so that what an author wrote is what comes back."""

from __future__ import annotations

import re

_UNSEEN = (
    r"\s\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0"
)
_SIGNS = r"=+\-@|\uff1d\uff0b\uff0d\uff20\uff5c\ufe62\ufe63\ufe66\ufe6b\u2212"
_RUNS = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[{_SIGNS}])")
"""Formula signs, wide and small ones too, perhaps after what nobody sees. After apostrophes too: else nobody could tell
ours from the author's."""


def guarded(text: str) -> str:
    """The text as it stands in a table's cell."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell of our own."""
    return cell[1:] if cell[:1] == "'" and _RUNS.match(cell[1:]) else cell
