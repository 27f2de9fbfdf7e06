"""Text at render time: plain text with line breaks and links, and Markdown for staff pages. The only module that
imports bleach and the only one that marks HTML as ready."""

from __future__ import annotations

import re
from functools import lru_cache

import bleach
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "hr"}
ATTRIBUTES = {"a": {"href"}}
LONGEST = 20_000
_LINK = re.compile(r"https?://[^\s<>\"'()]+[^\s<>\"'().,;:!?]")
_markdown = MarkdownIt("commonmark", {"html": False})
_guide = MarkdownIt("commonmark", {"html": False}).enable("table")


def paragraphs(value: str | None) -> Markup:
    """Plain text as HTML: escaped, blank lines make paragraphs, line ends breaks, web addresses links."""
    if value and "\n" not in value and "http" not in value:
        return Markup(f"<p>{escape(value.strip())}</p>") if value.strip() else Markup("")  # noqa: S704
    parts = re.split(r"\n\s*\n", (value or "").strip())
    return Markup("").join(Markup("<p>{}</p>").format(_lines(part)) for part in parts if part.strip())


def _lines(part: str) -> Markup:
    return Markup("<br>").join(_linked(line) for line in part.split("\n"))


def _linked(line: str) -> Markup:
    out, at = Markup(""), 0
    for match in _LINK.finditer(line):
        link = Markup('<a href="{0}" rel="nofollow ugc noopener">{0}</a>').format(match[0])
        out += escape(line[at : match.start()]) + link
        at = match.end()
    return out + escape(line[at:])


def own_words(value: str) -> Markup:
    """A message of the catalogues or a rendered template: our own, so it may hold markup; values are escaped."""
    return Markup(value)  # noqa: S704


def drawn(svg: str) -> Markup:
    """A picture of ``documents/charts.py``, in which every text is escaped."""
    return Markup(svg)  # noqa: S704


@lru_cache(maxsize=32)
def guide(value: str) -> Markup:
    """Markdown of this program's own guides, which may hold pictures and tables."""
    html = _guide.render(value)
    tags = TAGS | {"img", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
    html = nh3.clean(html, tags=tags, attributes={"a": {"href"}, "img": {"src", "alt"}}, link_rel="noopener")
    return Markup(html)  # noqa: S704  (cleaned, and our own)


@lru_cache(maxsize=256)
def markdown(value: str) -> Markup:
    """Markdown of staff as HTML: rendered without raw HTML, then through two allow-lists."""
    html = _markdown.render(value[:LONGEST])
    html = bleach.clean(
        html, tags=TAGS, attributes={k: list(v) for k, v in ATTRIBUTES.items()}, protocols=["https", "http"]
    )
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http"}, link_rel="noopener")
    return Markup(html)  # noqa: S704  (cleaned by two allow-lists)
