"""The attendance sheet of a forum (A4 PDF), for a door without a device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "typst"
ROWS = 24


def sheet(*, forum: str, when: str, seats: int, words: Mapping[str, Any], demo: str, language: str) -> bytes:
    """Numbered rows for ``seats`` people and a page more; ``words``: ``columns`` (four) and ``care``."""
    import typst  # on first use: a worker that prints nothing is lighter

    pages = min(200, -(-seats // ROWS) + 1)
    data = json.dumps(
        {
            "forum": forum,
            "when": when,
            "pages": pages,
            "rows": ROWS,
            "words": dict(words),
            "demo": demo,
            "language": language,
        },
        ensure_ascii=False,
    )
    fonts, values = [str(FOLDER / "fonts")], {"data": data}
    made = typst.compile(str(FOLDER / "attendance.typ"), format="pdf", sys_inputs=values, font_paths=fonts)
    return bytes(made if isinstance(made, bytes) else made[0])
