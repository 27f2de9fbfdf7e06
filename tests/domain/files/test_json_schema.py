"""Whether data has the shape that a schema describes, and where it has not."""

from __future__ import annotations

from typing import Any

import pytest

from consulta.domain.errors import Invalid
from consulta.domain.files import json_schema

CODE = {"type": "string", "pattern": "[A-Z]{2}", "title": "dos letras mayúsculas"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
        "code": CODE,
        "age": {"type": "integer", "minimum": 0, "maximum": 9},
        "yes": {"type": "boolean"},
        "list": {"type": "array", "items": {"$ref": "#/$defs/one"}, "maxItems": 2},
    },
    "required": ["name"],
    "$defs": {"one": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}},
}


def faults(value: object) -> list[str]:
    """What is wrong with it."""
    return list(json_schema.faults(SCHEMA, value, "", SCHEMA))


@pytest.mark.parametrize(
    "value",
    [
        {"name": "Ana"},
        {"name": "", "kind": None, "code": "GT", "age": 0, "yes": False, "list": []},
        {"name": "ñandú", "kind": "a", "age": 9, "list": [{"n": -1}, {"n": 2**80}]},
    ],
)
def test_what_fits_has_no_fault(value: object) -> None:
    assert faults(value) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([], ": se esperaba un objeto, hay una lista"),
        ({}, "name: falta"),
        ({"name": 3}, "name: se esperaba un texto, hay «3»"),
        ({"name": None}, "name: se esperaba un texto, hay nada"),
        ({"name": "demasiado"}, "name: caben 5 caracteres, hay 9"),
        ({"name": "a\x00"}, "name: contiene un signo que no se puede guardar"),
        ({"name": "x", "kind": "c"}, "kind: se esperaba uno de «a», «b», hay «c»"),
        ({"name": "x", "kind": 1}, "kind: se esperaba uno de «a», «b», hay «1»"),
        ({"name": "x", "code": "gt"}, "code: se esperaba dos letras mayúsculas, hay «gt»"),
        ({"name": "x", "code": "GTX"}, "code: se esperaba dos letras mayúsculas, hay «GTX»"),
        ({"name": "x", "age": 10}, "age: se esperaba de 0 a 9, hay «10»"),
        ({"name": "x", "age": True}, "age: se esperaba un número entero, hay «True»"),
        ({"name": "x", "age": 1.0}, "age: se esperaba un número entero, hay «1.0»"),
        ({"name": "x", "yes": "true"}, "yes: se esperaba verdadero o falso, hay «true»"),
        ({"name": "x", "list": [{"n": 1}] * 3}, "list: caben 2, hay 3"),
        ({"name": "x", "list": [{"n": 1}, {}]}, "list[1].n: falta"),
        ({"name": "x", "list": [{"n": "1"}]}, "list[0].n: se esperaba un número entero, hay «1»"),
        ({"name": "x", "z": 1}, "z: no se conoce; se conocen name, kind, code, age, yes, list"),
        ({"name": "x", "z\n" * 40: 1}, "z z z"),
    ],
)
def test_a_fault_says_where_and_what_was_expected(value: object, fault: str) -> None:
    (found,) = faults(value)
    assert fault in found


def test_every_fault_is_found_at_once() -> None:
    assert len(faults({"kind": 1, "age": -1, "list": [{}, {"n": None}]})) == 5


def test_a_refusal_names_the_first_and_counts_the_rest() -> None:
    value = {"name": "x", "list": [{"n": 1}], **{f"x{n}": 1 for n in range(json_schema.MAX_FAULTS + 20)}}
    with pytest.raises(Invalid) as refused:
        json_schema.checked(SCHEMA, value, SCHEMA, "No se puede leer: %(faults)s")
    assert refused.value.field == "x0"
    assert str(refused.value).startswith("No se puede leer: x0: no se conoce")
    assert str(refused.value).endswith("y 20 más")
    json_schema.checked(SCHEMA, {"name": "x"}, SCHEMA, "%(faults)s")
    json_schema.refuse([], "%(faults)s")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nada"),
        ({}, "un objeto"),
        ([1], "una lista"),
        ("agua", "«agua»"),
        ("a\nb\x07", "«a b »"),
        ("x" * 41, f"«{'x' * 40}…»"),
        (3, "«3»"),
    ],
)
def test_of_a_value_its_beginning_is_shown(value: object, shown: str) -> None:
    assert json_schema.shown(value) == shown
