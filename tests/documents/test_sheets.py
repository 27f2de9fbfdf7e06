"""Commitment sheets as DOCX and PDF/UA: every field in its labelled cell, whatever was written."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from consulta.documents import setting, sheet_content
from consulta.documents import sheets as documents
from consulta.documents.glyphs import printable
from consulta.documents.setting import Manuscript
from consulta.documents.sheet_content import Page
from consulta.domain.sheets.boxes import place
from consulta.domain.sheets.sheet import Amendment, Contact, Generation, Line, Milestone, Sheet
from tests.support.sheets import records, sheet_of, sheets

A, B, C = Generation
AMENDMENTS = (
    Amendment(
        10,
        "Cambió la meta 1.",
        "2016-09-13",
        "13 de septiembre de 2016",
        "status",
        "22.1",
        None,
        "",
        "New",
        "en curso",
        "nueva",
        "Mesa Técnica",
    ),
)


def page(sheet: Sheet, generation: Generation = A, **more: Any) -> Page:
    return Page(
        sheet,
        generation,
        heading="Plan 2016-2018 · Tema",
        source="Fuente: el plan.",
        address="https://consulta.example/plan/1",
        **more,
    )


def docx(pages: Sequence[Page], title: str = "") -> bytes:
    return setting.printed(documents.docx(pages, title=title))


def pdf(pages: Sequence[Page], title: str = "") -> bytes:
    return setting.printed(documents.pdf(pages, title=title))


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def beside(document: Any) -> list[dict[str, str]]:
    """Of each table of two columns, the text of the cell beside each label."""
    tables = [table for table in document.tables if len(table.columns) == 2]
    return [{row.cells[0].text: row.cells[1].text for row in table.rows[1:]} for table in tables]


def read(data: bytes) -> str:
    return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_field_of_the_22_stands_beside_its_label() -> None:
    records_of, found = records(), beside(opened(docx([page(one) for one in sheets()], title="Plan")))
    assert len(found) == len(records_of) == 22
    for r, boxes in zip(records_of, found, strict=True):
        listed = {
            name: "\n".join(one["text"] for one in r[key])
            for name, key in (
                ("Entidad responsable", "lead_agencies"),
                ("Nombre de la persona responsable", "responsible_persons"),
                ("Título, departamento", "titles"),
                ("Correo electrónico", "emails"),
                ("Teléfono", "phones"),
            )
        }
        exact = {
            **listed,
            "Nombre y número del compromiso": f"{r['number']}. {r['title']}",
            "Otros actores involucrados: de gobierno": r["other_actors"]["government"] or "",
            "Otros actores involucrados: OSC, sector privado, multilaterales, grupos de trabajo": r["other_actors"][
                "civil_society"
            ]
            or "",
            "Status quo o problema que se quiere resolver": r["status_quo"],
            "Objetivo principal": r["main_objective"],
            "Breve descripción del compromiso": r["brief_description"],
            "Relevancia": r["relevance"],
            "Ambición": r["ambition"],
        }
        assert boxes.pop("Desafío de OGP atendido por el compromiso").startswith(r["ogp_challenge"])
        assert boxes == exact


def test_the_milestones_of_the_22_stand_in_their_columns() -> None:
    document = opened(docx([page(one) for one in sheets()], title="Plan"))
    tables = [table for table in document.tables if len(table.columns) == 6]
    assert len(tables) == 22
    for r, table in zip(records(), tables, strict=True):
        head, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert head == ["N.º", "Meta (hito)", "Responsable", "Nuevo o en curso", "Inicio", "Fin"]
        for one, cells in zip(r["milestones"], rows, strict=True):
            assert cells[1] == one["description"]
            assert cells[2] == "\n".join(one["responsible_lines"])
            assert cells[3] == {"New": "Nuevo", "Ongoing": "En curso", None: ""}[one["status"]]
            assert cells[4:] == [one["start_text"] or "", one["end_text"] or ""]
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_every_box_of_every_generation_reads_back_as_it_was_placed() -> None:
    for generation in Generation:
        for sheet in sheets():
            placed = place(sheet, generation)
            found = {
                label: text
                for table in beside(opened(docx([page(sheet, generation)])))
                for label, text in table.items()
            }
            for box in placed.boxes:
                assert found[box.label] == "\n".join(box.lines)
            for part in placed.unplaced:
                assert found[part.label] == "\n".join(part.lines)


def test_the_docx_marks_languages_and_leads_from_its_contents() -> None:
    pages = [page(sheets()[0], demo="Datos de demostración"), page(Sheet("Agua limpia"))]
    document = opened(docx(pages, title="El plan"))
    body = document.element.body
    languages = {
        "".join(t.text or "" for t in run.iter(qn("w:t"))): run.rPr.find(qn("w:lang")).get(qn("w:val"))
        for run in body.iter(qn("w:r"))
        if run.rPr is not None
    }
    assert languages[sheets()[0].problem] == "en-US"
    assert languages["Agua limpia"] == "es-GT"
    assert languages["Objetivo principal"] == "es-GT"
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert anchors == [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))] == ["ficha_1", "ficha_2"]
    fields = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
    assert fields == ["begin", "separate", "end"]
    assert len(list(body.iter(qn("w:pageBreakBefore")))) == 2
    section = document.sections[0]
    assert round(section.page_width.mm) == 210
    assert "Datos de demostración" in section.footer.paragraphs[0].text
    assert document.core_properties.title == "El plan"
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"][1] == "Agua limpia"


def test_notes_amendments_source_and_what_has_no_place() -> None:
    sheet = Sheet("Agua", causes="Fugas viejas", notes=("Nota al pie",), number=4)
    for text in (
        "\n".join(p.text for p in opened(docx([page(sheet, amendments=AMENDMENTS, number=9)])).paragraphs),
        read(pdf([page(sheet, amendments=AMENDMENTS, number=9)])),
    ):
        for said in (
            "9. Agua",
            "Plan 2016-2018 · Tema",
            "Notas",
            "Nota al pie",
            "Enmiendas",
            "Sin lugar en esta plantilla",
            "Fuente: el plan.",
            "https://consulta.example/plan/1",
            "10. Cambió la meta 1. (13 de septiembre de 2016)",
            "(Mesa Técnica)",
            "(en curso)",
            "(nueva)",
        ):
            assert squeezed(said) in squeezed(text)
    assert "Sin lugar" not in read(pdf([page(Sheet("Agua"))]))
    assert "Enmiendas" not in read(pdf([page(Sheet("Agua"))]))


@pytest.mark.parametrize("generation", Generation)
def test_the_plan_as_one_pdf_that_a_screen_reader_reads(generation: Generation) -> None:
    data = pdf([page(one, generation, demo="Datos de demostración") for one in sheets()], title="El plan")
    reader: Any = PdfReader(io.BytesIO(data))
    root = reader.trailer["/Root"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"]
    text = squeezed("".join(one.extract_text() for one in reader.pages))
    for r in records():
        assert squeezed(r["title"]) in text
        assert squeezed(r["milestones"][0]["description"])[:30] in text
    assert len(reader.outline) == 22
    assert "Contenido" in reader.pages[0].extract_text()
    assert all("Datos de demostración" in one.extract_text() for one in reader.pages)
    assert "/TH" in kinds(root["/StructTreeRoot"]["/K"])
    assert "en" in kinds(root["/StructTreeRoot"]["/K"], "/Lang")


def kinds(node: Any, key: str = "/S") -> set[str]:
    """What the tags of a PDF are called, or what they say of a key."""
    node = node.get_object()
    if isinstance(node, list):
        return set().union(*(kinds(one, key) for one in node))
    if not isinstance(node, dict):
        return set()
    return ({str(node[key])} if key in node else set()) | (kinds(node["/K"], key) if "/K" in node else set())


def test_the_milestones_of_a_single_pdf() -> None:
    text = squeezed(read(pdf([page(sheets()[16])])))
    for m in sheets()[16].milestones:
        assert squeezed(m.text)[:25] in text


LONG = "Texto largo con palabras. " * 769
HUGE = Sheet(
    "T" * 300,
    problem=LONG[:20_000],
    objective="x" * 4000,
    causes=LONG[:20_000],
    emails=(Line("una.persona@" + "ministerio." * 12 + "gob.gt", "x"),),
    milestones=tuple(
        Milestone(
            f"1.{n}",
            "y" * 4000 if n == 5 else f"Meta número {n}: publicar",
            "1.0" if n % 3 else None,
            mark="a)" if n % 3 else None,
            responsible=("z" * 1400 if n == 7 else "Institución",),
        )
        for n in range(200)
    ),
)


@pytest.mark.parametrize("generation", Generation)
def test_a_huge_sheet(generation: Generation) -> None:
    whole = read(pdf([page(HUGE, generation)]))
    text = squeezed(whole)
    assert "Metanúmero199:publicar" in text
    assert text.count("N.º") > 3  # the header of the milestones stands again on each page
    assert max(map(len, whole.splitlines())) < 140  # no word runs out of its cell
    found = opened(docx([page(HUGE, generation)]))
    assert any("y" * 4000 in cell.text for table in found.tables for cell in table.columns[1].cells)


def test_an_empty_sheet_and_no_sheet() -> None:
    for generation in Generation:
        assert "Compromiso sin nombre" in read(pdf([page(Sheet(None), generation)]))
        boxes = beside(opened(docx([page(Sheet(None), generation)])))
        assert not any(text for table in boxes for text in table.values())
    opened(docx([]))
    assert PdfReader(io.BytesIO(pdf([]))).pages


def test_signs_that_a_document_cannot_hold() -> None:
    sheet = Sheet(
        "Agua\x0blimpia\ufeff", problem="tab\tulado\x07 \ufffe 你😀 <b>&amp;#let</b> K’iche’", notes=("\x00",)
    )
    found = beside(opened(docx([replace(page(sheet), demo="a\x0cb")])))[0]
    assert found["Nombre y número del compromiso"] == "Agua\nlimpia\ufeff"
    assert found["Status quo o problema que se quiere resolver"] == "tab\tulado    你😀 <b>&amp;#let</b> K’iche’"
    text = read(pdf([page(sheet)]))
    assert "□□ <b>&amp;#let</b> K’iche’" in text
    assert printable("ñandú «n.º 1» – ꞌ \ufeff\U000e0041你") == "ñandú «n.º 1» – ꞌ □"


def test_persons_stay_lines_and_a_title_is_found_for_the_whole() -> None:
    sheet = Sheet("Agua", contacts=(Contact("Ana"), Contact("Eva")))
    cell = next(row.cells[1] for row in opened(docx([page(sheet)])).tables[0].rows if "persona" in row.cells[0].text)
    assert [p.text for p in cell.paragraphs] == ["1. Ana", "2. Eva"]
    assert sheet_content.title_of([page(sheet), page(sheet)]) == "Agua (+1)"
    assert sheet_content.title_of([]) == "Contenido"


def test_the_loader_reads_what_the_file_says() -> None:
    assert sheet_of(records()[0]) == sheets()[0]


def test_what_cannot_be_typeset_says_why() -> None:
    with pytest.raises(RuntimeError, match="sys"):
        setting.apart(Manuscript("sheets.pdf", "no es JSON"))
