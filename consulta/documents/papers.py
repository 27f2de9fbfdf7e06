"""The numbered sheets of a forum's table (A4 PDF): lines to write on, and a stub with the code to tear off."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from .posters import COLOURS

FOLDER = Path(__file__).parent / "typst"


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
) -> bytes:
    """One page a sheet: its number, code and QR code as rows of modules."""
    import typst  # on first use: a worker that prints nothing is lighter

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
    made = typst.compile(
        str(FOLDER / "papers.typ"), format="pdf", sys_inputs={"data": data}, font_paths=[str(FOLDER / "fonts")]
    )
    return bytes(made if isinstance(made, bytes) else made[0])
