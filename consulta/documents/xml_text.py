"""Text that is to stand in XML, in documents and feeds."""

from __future__ import annotations

import re

_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cleaned(text: str) -> str:
    """The text without what XML cannot hold: a vertical tab or a page break is a line, other signs are a space."""
    return _IMPOSSIBLE.sub(" ", re.sub("\r\n?|[\x0b\x0c]", "\n", text))
