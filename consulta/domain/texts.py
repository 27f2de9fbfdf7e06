"""What may be typed or imported as text, and how it is searched: one function each, the same everywhere."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser

import snowballstemmer

from .errors import Invalid

BODY_MIN, BODY_MAX = 10, 4000
REASON_MIN = 10
OTHER_MAX = 20_000
LINE_MAX = 200

_LINE_END = re.compile("\r\n|[\r\x0b\x85\u2028\u2029]")
_CONTROL = re.compile("[\x01-\x08\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_UNSHOWABLE = re.compile(r"[\x00\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_APOSTROPHE = "q0"
"""How an apostrophe within a word stands in its stem."""
_FILLERS = "\u115f\u1160\u3164\uffa0"
_APOSTROPHES = re.compile("[’ʼ‘ʻ´`Ꞌꞌ]")


def as_sent(value: str) -> str:
    """Text as it is kept: every line end (CRLF, CR, VT, NEL, U+2028, U+2029) as LF; other control characters, and what
    XML forbids, as a space; NUL and lone surrogates are refused."""
    if "\x00" in value or any("\ud800" <= ch <= "\udfff" for ch in value):
        raise Invalid("El texto contiene un signo que no se puede guardar. Bórrelo y envíe de nuevo.", field="body")
    return _CONTROL.sub(" ", _LINE_END.sub("\n", value))


def showable(value: str, limit: int = 100_000) -> str:
    """Text that could not be taken, to stand in a page again: what no page can hold becomes a space."""
    return _UNSHOWABLE.sub(" ", value[:limit])


def demand_reason(text: str | None, otherwise: Invalid) -> None:
    """A reason that people will read has ten letters at least; ``otherwise`` says so, and where."""
    if len((text or "").strip()) < REASON_MIN:
        raise otherwise


def says_something(value: str) -> bool:
    """Whether there is a letter or a digit in any script; the fillers of Hangul, which nobody sees, are none."""
    return any(unicodedata.category(ch)[0] in "LN" and ch not in _FILLERS for ch in value)


def sort_key(name: str) -> str:
    """By which names are sorted and known again: without accents, case or spaces too many."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def body_fault(value: str) -> Invalid | None:
    """What is wrong with the text of the web form (10 to 4,000 characters, one letter or digit), or ``None``."""
    size = len(value.strip())
    if size < BODY_MIN:
        return Invalid("Escriba al menos diez letras.", field="body")
    if len(value) > BODY_MAX:
        return Invalid(
            "El texto tiene %(size)s caracteres; caben 4,000. Acórtelo o envíelo en dos partes.",
            field="body",
            size=f"{len(value):,}",
        )
    if not says_something(value):
        return Invalid("Escriba su opinión con palabras.", field="body")
    return None


@lru_cache(maxsize=60_000)
def _stem(word: str) -> str:
    word = word.rstrip("'")
    bare = "".join(ch for ch in unicodedata.normalize("NFD", word) if not unicodedata.combining(ch))
    found: str = snowballstemmer.stemmer("spanish").stemWord(bare)
    return found.replace("'", _APOSTROPHE)[:60]


def _one_apostrophe(value: str) -> str:
    """Whatever sign was typed for it. (Most texts have none; ``str.translate`` looks each letter up.)"""
    return _APOSTROPHES.sub("'", unicodedata.normalize("NFC", value))


def stems(value: str) -> list[str]:
    """The stems of the words of a text, without accents; apostrophes within words are one sign."""
    folded = _one_apostrophe(value).lower()
    return [_stem(word) for word in _WORD.findall(folded)]


def without_apostrophes(found: Iterable[str]) -> list[str]:
    """Of stems that hold apostrophes, those without: *kiche* finds *K'iche'*."""
    return [stem.replace(_APOSTROPHE, "") for stem in found if _APOSTROPHE in stem]


def wordless(query: str) -> bool:
    """Whether something was typed in which there is no word to search for, such as ``???``."""
    return bool(query.strip()) and not stems(query)


def words_by_stem(value: str) -> dict[str, str]:
    """Each stem of a text with the first word of it, as it was written."""
    folded = _one_apostrophe(value)
    found: dict[str, str] = {}
    for word in _WORD.findall(folded):
        found.setdefault(_stem(word.lower()), word)
    return found


class _Plain(HTMLParser):
    """HTML to plain text: paragraphs, list items and links stay readable."""

    BLOCKS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "tr", "pre"})
    SKIPPED = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.href: list[str] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SKIPPED:
            self.skipping += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in self.BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a":
            self.href.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif tag in self.BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self.href:
            href = self.href.pop()
            if href.startswith(("http://", "https://")) and not "".join(self.parts[-1:]).strip().startswith("http"):
                self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.parts.append(re.sub(r"[ \t\r\n\xa0]+", " ", data))


_TAGS = (
    "a abbr b big blockquote br center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins li mark ol p "
    "pre q s script small span strike strong style sub sup table tbody td tfoot th thead tr tt u ul"
).replace(" ", "|")
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--.*?-->|<!doctype[^<>]*>", re.IGNORECASE | re.DOTALL)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|table|tr|blockquote|pre|dl|dd|dt|hr)\b", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[a-zA-Z]{1,2}(?:acute|grave|uml|tilde|circ|cedil|ring|lig)|[ao]rd[fm]"
    r"|iquest|iexcl|laquo|raquo|[lr][sd]quo|[nm]dash|hellip|middot|bull|deg|euro|#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)


def plain(value: str) -> str:
    """Plain text from a field that may hold HTML.

    A text is HTML only if every ``<`` in it opens a tag of HTML; else ``<Q3000``, ``<ana@…>`` and ``<<cita>>`` are what
    somebody wrote, and stay to the letter. Where no tag makes lines, the text's own lines stay. Entities that no person
    types (``&amp;``, ``&aacute;``) are read wherever they stand.
    """
    text = value.strip()
    tags = _TAG.findall(text)
    if not tags or "<" in _TAG.sub("", text):
        return _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), text)
    parser = _Plain()
    parser.feed(text if _BLOCK_TAG.search(text) else text.replace("\n", "<br>"))
    parser.close()
    lines = [line.strip() for line in "".join(parser.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
