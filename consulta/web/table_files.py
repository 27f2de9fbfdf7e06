"""A table that came with a form, with what was said about it."""

from __future__ import annotations

from flask import request

from consulta.domain.errors import Invalid
from consulta.domain.files.tables import WINDOWS, TableFile
from consulta.forms.fields import Typed
from consulta.words.i18n import gettext

HIDDEN = ("take", "skip")


def sent(field: str, typed: Typed) -> TableFile:
    """The table of a field; ``Invalid`` if none was chosen."""
    file = request.files.get(field)
    if file is None or not file.filename:
        raise Invalid(gettext("Elija un archivo."), field=field)
    name = file.filename.replace("\\", "/").rsplit("/", 1)[-1][-120:]
    hidden, encoding = typed.one_of("hidden", HIDDEN), typed.one_of("encoding", (WINDOWS,))
    return TableFile(file.read(), name, hidden=hidden, encoding=encoding)
