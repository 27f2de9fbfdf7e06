"""Reading JSON that somebody made."""

from __future__ import annotations

from typing import Any

import pytest

from consulta.domain.errors import Invalid
from consulta.domain.files.json_paths import NAMED, Node


def test_values_are_read_by_their_paths() -> None:
    node = Node({"a": "x", "n": 3, "f": True, "l": [{"t": "uno"}, {"t": "dos"}], "none": None})
    assert node.at("a").text() == "x"
    assert node.at("n").whole() == 3
    assert node.at("f").flag() is True
    assert node.at("l").each(lambda one: one.at("t").text()) == ("uno", "dos")
    assert node.at("none").maybe() is None
    assert node.at("nowhere").maybe_whole() is None
    assert node.at("a").one_of("x", "y") == "x"
    assert node.only("a", "n", "f", "l", "none") is node
    node.check()


@pytest.mark.parametrize(
    ("value", "read", "fault"),
    [
        ({"a": 3}, lambda n: n.at("a").text(), "a: se esperaba un texto («3»)"),
        ({}, lambda n: n.at("a").text(), "a: falta un texto (NoneType)"),
        ({"a": ""}, lambda n: n.at("a").text(), "a: falta un texto («»)"),
        ({"a": "x" * 5}, lambda n: n.at("a").text(4), "a: tiene 5 caracteres; caben 4"),
        ({"a": "x\x00"}, lambda n: n.at("a").maybe(), "a: trae un carácter que no se puede guardar"),
        ({"a": "3"}, lambda n: n.at("a").whole(), "a: se esperaba un número entero («3»)"),
        ({"a": True}, lambda n: n.at("a").whole(), "a: se esperaba un número entero («True»)"),
        ({"a": 2**31}, lambda n: n.at("a").whole(), "a: se esperaba un número entero"),
        ({"a": 1.5}, lambda n: n.at("a").maybe_whole(), "a: se esperaba un número entero («1.5»)"),
        ({"a": "sí"}, lambda n: n.at("a").flag(), "a: se esperaba true o false («sí»)"),
        ({"a": "z"}, lambda n: n.at("a").one_of("x", "y"), "a: se esperaba x o y («z»)"),
        ({"a": {}}, lambda n: n.at("a").each(Node.text), "a: se esperaba una lista (dict)"),
        ({"a": [1, 2]}, lambda n: n.at("a").each(Node.whole, limit=1), "a: trae 2 elementos; caben 1"),
        ({"a": ["x", 2]}, lambda n: n.at("a").each(Node.text), "a[1]: se esperaba un texto («2»)"),
        ({"a": {"b": 1}}, lambda n: n.at("a").at("b").text(), "a.b: se esperaba un texto"),
        ({"a": 1, "z": 2}, lambda n: n.only("a"), "z: no se conoce"),
        ([], lambda n: n.only("a"), "$: se esperaba un objeto (list)"),
        ("x", lambda n: n.at("a").text(), "a: falta un texto"),
    ],
)
def test_a_fault_is_noted_under_its_path_and_reading_goes_on(value: Any, read: Any, fault: str) -> None:
    node = Node(value)
    read(node)
    assert len(node.faults) == 1, node.faults
    assert fault in node.faults[0]
    with pytest.raises(Invalid, match="No tiene la forma esperada") as refused:
        node.check()
    assert refused.value.field == "file"


def test_every_fault_is_named_and_of_many_the_first() -> None:
    node = Node({"l": [0] * 30})
    assert node.at("l").each(Node.text) == ("",) * 30
    with pytest.raises(Invalid) as refused:
        node.check()
    said = str(refused.value)
    assert said.count("se esperaba un texto") == NAMED
    assert said.endswith("; y 10 más")


def test_what_is_shown_of_a_long_value_is_short() -> None:
    node = Node({"a": "x" * 500})
    node.at("a").whole()
    assert len(node.faults[0]) < 100


@pytest.mark.parametrize("value", [None, 1, "x", [], {"a": [[[]]]}, [{}], {"": {}}, {"a": {"a": {"a": None}}}])
def test_no_shape_makes_reading_fail(value: Any) -> None:
    node = Node(value)
    node.only("a").at("a").each(lambda one: (one.text(), one.flag(), one.whole(), one.at("b").maybe()))
    node.at("a").at("a").one_of("x")
    assert all(":" in fault for fault in node.faults)
