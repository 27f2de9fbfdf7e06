"""The attendance sheet of a forum (A4 PDF), for a door without a device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .setting import Manuscript

ROWS = 24


def sheet(*, forum: str, when: str, seats: int, words: Mapping[str, Any], demo: str, language: str) -> Manuscript:
    """Numbered rows for ``seats`` people and a page more; ``words``: ``columns`` (four) and ``care``."""
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
    return Manuscript("attendance.pdf", data)
