"""Tables as people hand them in: no reader loses a cell or takes it for another's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from consulta.domain.errors import Invalid
from consulta.domain.files import tables
from consulta.domain.files.tables import TableFile

COLUMNS = {"sheet": ("hoja",), "body": ("nota", "texto")}
Make = Callable[..., bytes]


def as_csv(*rows: tuple[object, ...]) -> bytes:
    """A CSV file of cells that need no quotation marks."""
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows).encode()


def as_xlsx(*rows: tuple[object, ...]) -> bytes:
    """The same as a workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.fixture(params=[("tabla.csv", as_csv), ("TABLA.XLSX", as_xlsx)], ids=["csv", "xlsx"])
def kind(request: pytest.FixtureRequest) -> tuple[str, Make]:
    """A file name, and how to make such a file."""
    found: tuple[str, Make] = request.param
    return found


@pytest.mark.parametrize(
    "rows",
    [
        [("hoja", "nota"), (1, "Agua"), (2, "Luz")],
        [("hoja", "", "nota"), (1, "suelta", "Agua"), (2, "", "Luz")],
        [("", "hoja", "nota"), ("x", 1, "Agua"), ("y", 2, "Luz")],
        [("otra", "otra", "hoja", "nota"), ("a", "b", 1, "Agua"), ("c", "d", 2, "Luz")],
        [("nota", "hoja"), ("Agua", 1), ("Luz", 2)],
        [(" HOJA ", "Texto"), (1, "Agua"), (2, "Luz")],
    ],
    ids=[
        "plain",
        "column without a heading",
        "first without a heading",
        "a heading twice",
        "other order",
        "other words",
    ],
)
def test_a_cell_is_found_under_its_heading(kind: tuple[str, Make], rows: list[tuple[object, ...]]) -> None:
    name, make = kind
    lines = tables.rows(make(*rows), name)
    where = tables.places(next(lines)[1], COLUMNS, name)
    found = [(line, tables.picked(cells, where)) for line, cells in lines]
    assert found == [(2, {"sheet": "1", "body": "Agua"}), (3, {"sheet": "2", "body": "Luz"})]


def test_a_text_with_commas_and_no_quotation_marks_is_not_cut() -> None:
    lines = tables.rows(b"hoja,nota\n1,Falta agua, luz y caminos\n", "n.csv")
    with pytest.raises(Invalid, match="línea 2: « luz y caminos» está de más, pues hay 2 columnas"):
        list(lines)


@pytest.mark.parametrize("row", ["1,Agua,", "1,Agua,,,,", '1,"Agua, luz"'])
def test_empty_cells_beyond_the_last_heading_are_nothing(row: str) -> None:
    lines = list(tables.rows(f"hoja,nota\n{row}\n".encode(), "n.csv"))
    assert [len(cells) for _, cells in lines] == [2, 2]


def test_two_columns_for_one_field_are_refused(kind: tuple[str, Make]) -> None:
    name, make = kind
    header = next(tables.rows(make(("hoja", "nota", "Texto"), (1, "a", "b")), name))[1]
    with pytest.raises(Invalid, match="«nota» y «Texto»") as refused:
        tables.places(header, COLUMNS, name)
    assert refused.value.field == "file"


def test_a_column_that_is_not_there_is_empty() -> None:
    where = tables.places(["nota"], COLUMNS, "n.csv")
    assert where == {"sheet": None, "body": 0}
    assert tables.picked(["Agua"], where) == {"sheet": "", "body": "Agua"}
    assert tables.picked([], where) == {"sheet": "", "body": ""}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_what_stands_between_cells_is_found_out(mark: str) -> None:
    data = f"hoja{mark}nota\r\n1{mark}Agua\r\n".encode("utf-8-sig")
    assert list(tables.rows(data, "n.csv")) == [(1, ["hoja", "nota"]), (2, ["1", "Agua"])]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    data = b'hoja,nota\n1,"dos\nlineas"\n\n2,Luz\n'
    assert list(tables.rows(data, "n.csv")) == [(1, ["hoja", "nota"]), (3, ["1", "dos\nlineas"]), (5, ["2", "Luz"])]


def test_empty_lines_before_the_headings_are_passed_over() -> None:
    assert list(tables.rows(b"\n\nhoja;nota\n1;Agua\n", "n.csv")) == [(3, ["hoja", "nota"]), (4, ["1", "Agua"])]


def test_nothing_is_no_line() -> None:
    assert list(tables.rows(b"", "n.csv")) == []
    assert list(tables.rows(b"\n\n", "n.csv")) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("hoja,nota\n1,Ca\u00f1a\n".encode("latin-1"), "línea 2: el archivo no está en UTF-8 .byte 0xf1"),
        (b'hoja,nota\n1,"Agua\n', "línea 2: no se entiende"),
        (b'hoja,nota\n1,"Agua" y luz\n', "línea 2: no se entiende .cerca de «hoja»"),
        (b"hoja,nota\n1,A\x00gua\n", "no se puede guardar"),
    ],
)
def test_a_broken_table_says_where(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        list(tables.rows(data, "n.csv"))


def test_a_formula_and_joined_cells_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match=r"línea 2, columna «B»: «=1\+1» es una fórmula"):
        list(tables.rows(as_xlsx(("hoja", "nota"), (1, "=1+1")), "n.xlsx"))
    book = openpyxl.Workbook()
    book.active.append(("hoja", "nota"))
    book.active.merge_cells("A3:B3")
    packed = io.BytesIO()
    book.save(packed)
    with pytest.raises(Invalid, match="línea 3: las celdas A3:B3 están unidas"):
        list(tables.rows(packed.getvalue(), "n.xlsx"))


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 broken", as_csv(("a",))])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="no es un libro de Excel"):
        list(tables.rows(data, "n.xlsx"))


def test_a_workbook_that_is_huge_inside_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (tables.MAX_UNPACKED + 1))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(Invalid, match="demasiado grande por dentro"):
        list(tables.rows(packed.getvalue(), "n.xlsx"))


def test_a_file_is_known_by_its_name_unless_a_source_is_told() -> None:
    assert TableFile(b"", "opiniones.2016.csv").known_as == "opiniones.2016"
    assert TableFile(b"", "x.csv", source="consul").known_as == "consul"
    assert len(tables.digest(b"")) == 64
