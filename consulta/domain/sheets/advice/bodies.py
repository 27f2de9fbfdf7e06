"""Whether two names mean one body: by the words that say something, by acronyms, and by what these stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .rules import Glossary
from .words import Words, content

Said = frozenset[str]
ENOUGH = 0.75
"""Share of a name's words that must stand in another name."""

_APART = re.compile(r"[,;\n/]|\s[-–—]\s")
_BRACKETS = re.compile(r"\([^)]*\)")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b")


def listed(text: str | None) -> list[str]:
    """The names of a running list: apart by commas, lines or strokes."""
    return [piece.strip() for piece in _APART.split(text or "") if piece.strip()]


def meant(name: str, words: Words, glossary: Glossary) -> list[Said]:
    """The ways of saying a body, each as the words that say something: as written, and by its acronyms."""
    forms = [name, _BRACKETS.sub(" ", name), *_known_as(name, words, glossary)]
    return [said for said in (_said(form, words) for form in forms) if said]


def all_meant(names: Iterable[str], words: Words, glossary: Glossary) -> set[Said]:
    """The ways of saying any of these bodies."""
    return {said for name in names for said in meant(name, words, glossary)}


def one_of(name: str, known: set[Said], words: Words, glossary: Glossary) -> bool:
    """Whether a body is one of those: most of its words stand there, or it is a unit of one and names it in full."""
    return any(
        len(mine & theirs) >= ENOUGH * len(mine) or (len(theirs) > 1 and theirs <= mine)
        for mine in meant(name, words, glossary)
        for theirs in known
    )


def _known_as(name: str, words: Words, glossary: Glossary) -> Iterator[str]:
    said = _said(_BRACKETS.sub(" ", name), words)
    acronyms = {one for one in _ACRONYM.findall(name) if one in glossary or not name.isupper()}  # else any word is one
    yield from acronyms
    for acronym, names in glossary.items():
        if acronym in acronyms or any(_said(one, words) == said for one in names):
            yield from (acronym, *names)


@lru_cache(maxsize=4000)
def _said(name: str, words: Words) -> Said:
    return frozenset(content(name, words))
