"""Tables as people hand them in: no reader loses a cell, takes it for another's, or changes it in silence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consulta.domain.errors import Invalid
from consulta.domain.files import tables, workbooks
from consulta.domain.files.tables import NotUtf8, TableFile
from tests.support.tables import opendocument, plain, workbook

FAULTS = Path(__file__).parents[2] / "data" / "faults"
COLUMNS = {"sheet": ("hoja",), "body": ("nota", "texto")}
WRITERS = {"t.csv": plain, "T.XLSX": lambda *rows: workbook(*map(tuple, rows)), "t.ods": opendocument}


def opened(data: bytes, name: str = "t.csv", **said: str) -> tables.Table:
    """The table of a file."""
    return tables.open_table(TableFile(data, name, **said))  # type: ignore[arg-type]


def cells(table: tables.Table) -> list[tuple[int, tuple[str, ...]]]:
    """Lines and cells."""
    return [(line.number, line.cells) for line in tables.strict(table)]


@pytest.fixture(params=list(WRITERS))
def name(request: pytest.FixtureRequest) -> str:
    """A file's name, in each dialect."""
    found: str = request.param
    return found


@pytest.mark.parametrize(
    "rows",
    [
        [("hoja", "nota"), ("1", "Agua"), ("2", "Luz")],
        [("hoja", "", "nota"), ("1", "suelta", "Agua"), ("2", "", "Luz")],
        [("", "hoja", "nota"), ("x", "1", "Agua"), ("y", "2", "Luz")],
        [("otra", "otra", "hoja", "nota"), ("a", "b", "1", "Agua"), ("c", "d", "2", "Luz")],
        [("nota", "hoja"), ("Agua", "1"), ("Luz", "2")],
        [(" HOJA ", "Texto"), ("1", "Agua"), ("2", "Luz")],
    ],
)
def test_a_cell_is_found_under_its_heading(name: str, rows: list[tuple[str, ...]]) -> None:
    table = opened(WRITERS[name](*rows), name)
    where = tables.places(table, COLUMNS)
    found = [(line.number, tables.picked(line, where)) for line in tables.strict(table)]
    assert found == [(2, {"sheet": "1", "body": "Agua"}), (3, {"sheet": "2", "body": "Luz"})]


SEEN = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters="\ufffe\uffff")
CELL = st.text(SEEN | st.sampled_from(["\n", ",", ";", '"', "\t", "'", "|"]), max_size=12).map(
    lambda text: "\n".join(line.strip() for line in text.split("\n")).strip()
)
ROWS = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=5))


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_csv_of_any_dialect_is_read_back_equal(
    rows: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    width = len(rows[0]) if rows else 2
    header = [f"Columna {n}" for n in range(width)]
    data = plain(header, *rows, delimiter=delimiter, end=end, encoding=encoding)
    said = {} if rows else {"delimiter": delimiter}
    found = [list(line) for _, line in cells(opened(data, **said, **({"delimiter": delimiter} if rows else {})))]
    assert found == [row for row in rows if any(cell.strip() for cell in row)]


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, name=st.sampled_from(["t.xlsx", "t.ods"]))
def test_a_workbook_is_read_back_equal(rows: list[list[str]], name: str) -> None:
    width = len(rows[0]) if rows else 2
    safe = [[cell if not cell.startswith("=") else f"x{cell}" for cell in row] for row in rows]
    header = [f"Columna {n}" for n in range(width)]
    data = workbook(tuple(header), *map(tuple, safe)) if name == "t.xlsx" else opendocument(header, *safe)
    found = [list(line) for _, line in cells(opened(data, name))]
    assert found == [row for row in safe if any(cell.strip() for cell in row)]


def test_tabs_and_line_ends_within_a_cell_of_ods_stay() -> None:
    data = opendocument(["a", "b"], ["uno\tdos", "x"])
    assert [list(line) for _, line in cells(opened(data, "t.ods"))] == [["uno\tdos", "x"]]
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(broken, "w") as out:
        for one in packed.infolist():
            out.writestr(
                one.filename, packed.read(one).replace(b"<text:tab/>", b"<text:line-break/>"), one.compress_type
            )
    assert [list(line) for _, line in cells(opened(broken.getvalue(), "t.ods"))] == [["uno\ndos", "x"]]


def test_a_text_with_commas_and_no_quotation_marks_is_not_cut() -> None:
    with pytest.raises(Invalid, match="línea 2: « luz y caminos» está de más, pues hay 2 columnas"):
        cells(opened(b"hoja,nota\n1,Falta agua, luz y caminos\n2,Luz\n"))


@pytest.mark.parametrize("row", ["1,Agua,", "1,Agua,,,,", '1,"Agua, luz"', "1"])
def test_empty_cells_beyond_the_last_heading_are_nothing_and_missing_ones_are_empty(row: str) -> None:
    assert [len(line) for _, line in cells(opened(f"hoja,nota\n{row}\n".encode()))] == [2]


def test_two_columns_for_one_field_are_refused_by_name(name: str) -> None:
    table = opened(WRITERS[name](("hoja", "nota", "Texto"), ("1", "a", "b")), name)
    with pytest.raises(Invalid, match="«nota» y «Texto»") as refused:
        tables.places(table, COLUMNS)
    assert refused.value.field == "file"
    table = opened(WRITERS[name](("hoja", "nota", "nota"), ("1", "a", "b")), name)
    with pytest.raises(Invalid, match=r"«nota \(columna B\)» y «nota \(columna C\)»"):
        tables.places(table, COLUMNS)


def test_a_heading_that_nobody_knows_is_named() -> None:
    table = opened(b"hoja,nota,objeciones\n1,Agua,si\n")
    where = tables.places(table, COLUMNS)
    refused = tables.unknown(table, where, COLUMNS)
    assert refused is not None
    assert "«objeciones»" in str(refused)
    table = opened(b"hoja,,nota\n1,x,Agua\n")
    assert tables.unknown(table, tables.places(table, COLUMNS), COLUMNS) is None


@pytest.mark.parametrize(
    ("header", "row", "mark"),
    [
        ("hoja;nota", "1;Agua, luz y caminos", ";"),
        ("hoja,nota", "1,Agua; luz; caminos", ","),
        ("hoja\tnota", "1\tAgua, luz; y más", "\t"),
        ("hoja|nota", "1|Agua, luz", "|"),
        ('"hoja";"¿Qué le preocupa, qué propone,\ny por qué?"', "1;Agua", ";"),
        ("hoja;¿Qué propone, y por qué?", "1;Que el puente, viejo, se cae", ";"),
    ],
)
def test_what_stands_between_cells_is_found_out(header: str, row: str, mark: str) -> None:
    for data in (f"{header}\r\n{row}\r\n2{mark}Luz\r\n", f"sep={mark}\r\n{header}\r\n{row}\r\n2{mark}Luz\r\n"):
        table = opened(data.encode("utf-8-sig"))
        assert len(table.columns) == 2
        assert [line for _, line in cells(table)] == [("1", row.partition(mark)[2]), ("2", "Luz")]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = opened(b'hoja,nota\n1,"dos\nlineas"\n\n,\n2,Luz\n')
    assert cells(table) == [(2, ("1", "dos\nlineas")), (6, ("2", "Luz"))]
    assert table.blank == [4, 5], "empty rows are counted, not listed"
    table = opened(b"sep=;\n\nhoja;nota\n1;Agua\n")
    assert cells(table) == [(4, ("1", "Agua"))]


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,\n,,\n"])
def test_nothing_is_no_table(data: bytes) -> None:
    with pytest.raises(Invalid, match="está vacío"):
        opened(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'hoja,nota\n1,"Agua\n', "línea 2: las comillas no cierran bien"),
        (b'hoja,nota\n1,"Agua" y luz\n', "línea 2: las comillas no cierran bien .cerca de «hoja»"),
        (b"hoja,nota\n1,A\x00gua\n", "línea 2, columna «nota»: hay un signo que no se puede guardar"),
        (b"\xff\xfeh\x00o", "cortado o dañado"),
    ],
)
def test_a_broken_table_says_where(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        cells(opened(data))


def test_the_csv_of_excel_is_offered_with_a_sample_and_then_taken() -> None:
    data = (FAULTS / "cp1252.csv").read_bytes()
    with pytest.raises(NotUtf8) as refused:
        opened(data)
    assert refused.value.field == "encoding"
    assert "Opinión con acentos" in refused.value.sample
    assert cells(opened(data, encoding=tables.WINDOWS)) == [(2, ("w1", "Opinión con acentos – y “comillas”"))]


@pytest.mark.parametrize(
    ("file", "said", "expected"),
    [
        ("sep-line.csv", {}, (3, ("s1", "Quiero que publiquen los contratos", ""))),
        ("semicolon-spanish-question.csv", {}, (2, ("1", "Que el puente, viejo, se cae", ""))),
        ("header-newline.csv", {}, (3, ("1", "Mi opinión sobre el agua"))),
        ("hojas-columna-vacia.csv", {}, (2, ("1", "", "Que el centro de salud abra los sábados", "Español"))),
        ("hojas-salto-de-windows.xlsx", {}, (2, ("40", "Primera línea\nSegunda línea"))),
        ("hojas-fila-oculta.xlsx", {"hidden": "take"}, (2, ("24", "Fila oculta por un filtro"))),
        ("hojas-fila-oculta.xlsx", {"hidden": "skip"}, (3, ("25", "Fila a la vista"))),
    ],
)
def test_files_as_people_have_them(file: str, said: dict[str, str], expected: tuple[int, tuple[str, ...]]) -> None:
    assert cells(opened((FAULTS / file).read_bytes(), file, **said))[0] == expected


def test_headings_of_many_lines_are_one_and_columns_without_one_have_a_letter() -> None:
    table = opened(b'"\xc2\xbfQu\xc3\xa9\nquiere?",,x,x\n1,2,3,4\n')
    assert table.columns == ("¿Qué quiere?", "(columna B)", "x (columna C)", "x (columna D)")
    assert [workbooks.letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_what_is_hidden_is_named_and_asked_about() -> None:
    for data, name in (
        (workbook(("hoja", "nota"), ("1", "Agua"), ("2", "Luz"), hidden=[2]), "n.xlsx"),
        (opendocument(("hoja", "nota"), ("1", "Agua"), ("2", "Luz"), hidden=[2]), "n.ods"),
    ):
        with pytest.raises(Invalid, match="filas 2") as refused:
            opened(data, name)
        assert refused.value.field == "hidden"
        assert [line for _, line in cells(opened(data, name, hidden="skip"))] == [("2", "Luz")]
        assert len(cells(opened(data, name, hidden="take"))) == 2


def test_the_first_sheet_that_is_seen_is_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(("secreta",))
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("A la vista").append(("hoja", "nota"))
    packed = io.BytesIO()
    book.save(packed)
    assert opened(packed.getvalue(), "n.xlsx").headings == ("hoja", "nota")


def test_formulas_errors_and_joined_cells_are_refused_by_cell() -> None:
    with pytest.raises(Invalid, match=r"línea 2, columna «B»: «=1\+1» es una fórmula"):
        opened(workbook(("hoja", "nota"), (1, "=1+1")), "n.xlsx")
    with pytest.raises(Invalid, match=r"línea 2, columna «A»: «=1\+1» es una fórmula"):
        opened(opendocument(("hoja", "nota"), formula="of:=1+1"), "n.ods")
    with pytest.raises(Invalid, match="línea 3, columna «C»: «#REF!» es un error"):
        opened((FAULTS / "hojas-casilla.xlsx").read_bytes(), "hojas-casilla.xlsx")
    with pytest.raises(Invalid, match="línea 3: las celdas A3:B3 están unidas"):
        opened(workbook(("hoja", "nota"), merged="A3:B3"), "n.xlsx")


@pytest.mark.parametrize("data", [b"no zip", b"PK\x03\x04 broken", b"a\n"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="no es un libro de cálculo"):
        opened(data, "n.xlsx")


@pytest.mark.parametrize(
    ("data", "name"), [(b"\xd0\xcf\x11\xe0...", "n.xls"), (b"\xd0\xcf\x11\xe0", "n.xlsx"), (b"x", "n.xls")]
)
def test_an_old_workbook_is_refused_in_words(data: bytes, name: str) -> None:
    with pytest.raises(Invalid, match=r"Libro de Excel \(\.xlsx\)"):
        opened(data, name)


def test_a_workbook_that_is_huge_inside_or_declares_entities_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (workbooks.MAX_UNPACKED + 1))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(Invalid, match="demasiado grande por dentro"):
        opened(packed.getvalue(), "n.xlsx")
    hostile = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("a", "b")))) as good, zipfile.ZipFile(hostile, "w") as book:
        for one in good.namelist():
            data = good.read(one)
            book.writestr(one, b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if one == "xl/workbook.xml" else data)
    with pytest.raises(Invalid, match="no es un libro de cálculo"):
        opened(hostile.getvalue(), "n.xlsx")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("opiniones.2016.csv", "opiniones.2016"),
        ("respuestas (1).csv", "respuestas"),
        ("respuestas (12) (1).csv", "respuestas"),
        ("boletas - copia.xlsx", "boletas"),
        ("(1).csv", "(1)"),
    ],
)
def test_a_file_is_known_as_it_was_called_before_a_browser_numbered_it(name: str, source: str) -> None:
    assert TableFile(b"", name).known_as == source
    assert TableFile(b"", name, source="consul").known_as == "consul"
    assert len(tables.digest(b"")) == 64
