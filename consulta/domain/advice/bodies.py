"""Whether two names mean one body: by the words that say something, by acronyms, and by what these stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .rules import Glossary
from .words import Words, content

ENOUGH = 0.75
"""Share of a name's words that must stand in another name."""

_APART = re.compile(r"[,;\n/]|\s[-–—]\s")
_BRACKETS = re.compile(r"\([^)]*\)")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b")


def listed(text: str | None) -> list[str]:
    """The names of a running list: apart by commas, lines or strokes."""
    return [piece.strip() for piece in _APART.split(text or "") if piece.strip()]


def meant(name: str, words: Words, glossary: Glossary) -> list[set[str]]:
    """The ways of saying a body, each as the words that say something: as written, and by its acronyms."""
    forms = [name, _BRACKETS.sub(" ", name), *_known_as(name, words, glossary)]
    return [said for said in (content(form, words) for form in forms) if said]


def _known_as(name: str, words: Words, glossary: Glossary) -> Iterator[str]:
    said = content(_BRACKETS.sub(" ", name), words)
    acronyms = {one for one in _ACRONYM.findall(name) if one in glossary or not name.isupper()}  # else any word is one
    yield from acronyms
    for acronym, names in glossary.items():
        if acronym in acronyms or any(content(one, words) == said for one in names):
            yield from (acronym, *names)


def same(name: str, others: Iterable[str], words: Words, glossary: Glossary) -> bool:
    """Whether a body is one of those: most of its words stand there, or it is a unit of one and names it in full."""
    mine = meant(name, words, glossary)
    for other in others:
        for theirs in meant(other, words, glossary):
            if any(len(own & theirs) >= ENOUGH * len(own) or (len(theirs) > 1 and theirs <= own) for own in mine):
                return True
    return False
