"""Whether data that somebody gave has the shape that a JSON Schema describes, and where it has not.

Reads the keywords that our own schemas use, and no more, so that what is published as the schema is what is checked.
``title`` of a value with a pattern or an enumeration is what a person is told to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from consulta.domain.errors import Invalid
from consulta.domain.texts import as_sent

Schema = dict[str, Any]
MAX_FAULTS = 100
"""Faults that are named; more are only counted."""
TYPES: dict[str, tuple[type, str]] = {
    "object": (dict, "un objeto"),
    "array": (list, "una lista"),
    "string": (str, "un texto"),
    "integer": (int, "un número entero"),
    "boolean": (bool, "verdadero o falso"),
    "null": (type(None), "nada"),
}


def faults(schema: Schema, value: object, path: str, root: Schema) -> Iterator[str]:
    """Each wrong place with what was expected there; ``root`` holds the ``$defs`` that the schema refers to."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(_is(value, kind) for kind in kinds):
        yield f"{path}: se esperaba {expected(schema, kinds)}, hay {shown(value)}"
    elif isinstance(value, str):
        yield from _text_faults(schema, value, path)
    elif isinstance(value, dict):
        yield from _object_faults(schema, value, path, root)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{path}: caben {schema['maxItems']}, hay {len(value)}"
        for place, one in enumerate(value[: schema.get("maxItems")]):
            yield from faults(schema["items"], one, f"{path}[{place}]", root)
    elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: se esperaba de {schema['minimum']} a {schema['maximum']}, hay {shown(value)}"


def checked(schema: Schema, value: object, root: Schema, message: str) -> None:
    """``Invalid`` with ``message``, whose ``%(faults)s`` are each wrong place, if there is one."""
    refuse(faults(schema, value, "", root), message)


def refuse(found: Iterable[str], message: str) -> None:
    """``Invalid`` if there is a fault: the first by name, the rest counted."""
    rest = iter(found)
    named = list(islice(rest, MAX_FAULTS))
    more = sum(1 for _ in rest)
    if named:
        text = "; ".join([*named, *([f"y {more:,} más"] if more else [])])
        raise Invalid(message, faults=text, field=named[0].split(":", 1)[0])


def shown(value: object) -> str:
    """The beginning of a value, as a person recognises it."""
    if value is None:
        return "nada"
    if isinstance(value, dict | list):
        return TYPES["object" if isinstance(value, dict) else "array"][1]
    text = "".join(ch if ch.isprintable() else " " for ch in str(value))
    return f"«{text[:40]}{'…' if len(text) > 40 else ''}»"


def expected(schema: Schema, kinds: list[str]) -> str:
    """What a value should be, in words."""
    if "title" in schema:
        return str(schema["title"])
    if "enum" in schema:
        return "uno de " + ", ".join(f"«{one}»" for one in schema["enum"] if one is not None)
    return " o ".join(TYPES[kind][1] for kind in kinds)


def _is(value: object, kind: str) -> bool:
    return isinstance(value, TYPES[kind][0]) and (kind != "integer" or not isinstance(value, bool))


def _text_faults(schema: Schema, value: str, path: str) -> Iterator[str]:
    if ("enum" in schema and value not in schema["enum"]) or (
        "pattern" in schema and not re.fullmatch(schema["pattern"], value)
    ):
        yield f"{path}: se esperaba {expected(schema, ['string'])}, hay {shown(value)}"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{path}: caben {schema['maxLength']:,} caracteres, hay {len(value):,}"
    try:
        as_sent(value)
    except Invalid:
        yield f"{path}: contiene un signo que no se puede guardar"


def _object_faults(schema: Schema, value: dict[str, object], path: str, root: Schema) -> Iterator[str]:
    known = schema["properties"]
    for name in value:
        if name not in known:
            yield f"{_join(path, shown(name)[1:-1])}: no se conoce; se conocen {', '.join(known)}"
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{_join(path, name)}: falta"
    for name, inner in known.items():
        if name in value:
            yield from faults(inner, value[name], _join(path, name), root)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
