"""The numbered sheets of a forum's table (A4 PDF): lines to write on, and a stub with the code to tear off."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from .posters import COLOURS
from .setting import Manuscript


def sheets(
    *,
    forum: str,
    when: str,
    theme: str,
    question: str,
    colour: int,
    words: Mapping[str, str],
    demo: str,
    language: str,
    sheets: Sequence[tuple[int, str, list[str]]],
) -> Manuscript:
    """One page a sheet: its number, code and QR code as rows of modules."""
    data = json.dumps(
        {
            "forum": forum,
            "when": when,
            "theme": theme,
            "question": question,
            "colour": COLOURS[colour],
            "demo": demo,
            "language": language,
            "words": dict(words),
            "sheets": [{"number": number, "code": code, "qr": qr} for number, code, qr in sheets],
        },
        ensure_ascii=False,
    )
    return Manuscript("papers.pdf", data)
