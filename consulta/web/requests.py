"""Requests whose form text is exact: bytes that are no UTF-8 become U+FFFD, which every text field refuses in words.

Werkzeug would write them as ``%ED%A0%80`` into the text, and so change in silence what somebody sent.
"""

from __future__ import annotations

from typing import IO, Any
from urllib.parse import parse_qsl

import flask
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser


class ExactFormParser(FormDataParser):
    """Reads ordinary forms; the limits are Werkzeug's."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        text = stream.read().decode("utf-8", "replace")
        items = parse_qsl(text, keep_blank_values=True, errors="replace")
        return stream, self.cls(items), MultiDict()


class Request(flask.Request):
    """A request that uses it."""

    form_data_parser_class = ExactFormParser
