"""The poster (A4 PDF) and the share image (PNG 1200×630), set by typst with the fonts that ship."""

from __future__ import annotations

import json

from .setting import Manuscript

COLOURS = (
    "#55636d",
    "#1f5fa8",
    "#6d3fa0",
    "#0b6e4f",
    "#b3471b",
    "#a3195b",
    "#7a5300",
    "#0e6470",
    "#8c2f39",
    "#3f5a1f",
    "#5b4a8a",
    "#6b4226",
    "#2f4858",
)


def poster(data: str) -> Manuscript:
    """The poster, from ``data``: the JSON that ``describe`` makes."""
    return Manuscript("poster.pdf", data)


def share_image(data: str) -> Manuscript:
    """The share image, from the same JSON."""
    return Manuscript("share.png", data)


def describe(
    *,
    call: str,
    title: str,
    hint: str,
    address: str,
    closing: str,
    demo: str,
    themes: list[tuple[str, str, int]],
    qr: list[str],
    language: str,
) -> str:
    """What both are made from; ``themes``: name, question, colour slot."""
    return json.dumps(
        {
            "call": call,
            "title": title,
            "hint": hint,
            "address": address,
            "closing": closing,
            "demo": demo,
            "themes": [{"name": n, "question": q, "colour": COLOURS[slot]} for n, q, slot in themes],
            "qr": qr,
            "language": language,
        },
        ensure_ascii=False,
    )
