"""A PDF as somebody handed it in."""

from __future__ import annotations

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from consulta.domain.errors import Invalid
from consulta.domain.files import pdf
from tests.support.files import one_page, written


def test_an_ordinary_pdf_is_taken() -> None:
    pdf.check_pdf(written(one_page()), "acta.pdf")


@pytest.mark.parametrize("data", [b"", b"hola", b"<html>%PDF-", b"PK\x03\x04"])
def test_what_is_no_pdf_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"«acta\.pdf» no es un PDF") as refused:
        pdf.check_pdf(data, "acta.pdf")
    assert refused.value.field == "document"


def test_what_only_begins_like_one_is_damaged() -> None:
    for data in (b"%PDF-1.7", b"%PDF-1.7\n" + b"\xff" * 1000, written(one_page())[:200]):
        with pytest.raises(Invalid, match=r"dañado|ninguna página"):
            pdf.check_pdf(data, "acta.pdf")


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="más de 10 MB"):
        pdf.check_pdf(b"%PDF-" + b" " * pdf.MAX_BYTES, "acta.pdf")


def test_a_locked_one_is_refused() -> None:
    writer = one_page()
    writer.encrypt("secreto", algorithm="RC4-128")
    with pytest.raises(Invalid, match="contraseña"):
        pdf.check_pdf(written(writer), "acta.pdf")


@pytest.mark.parametrize("kind", ["/JavaScript", "/Launch", "/Rendition"])
def test_what_does_something_when_it_is_opened_is_refused(kind: str) -> None:
    writer = one_page()
    action = DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("x")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    with pytest.raises(Invalid, match=f"trae un programa u otro archivo adentro .{kind.strip('/')}"):
        pdf.check_pdf(written(writer), "acta.pdf")


def test_another_file_inside_is_refused() -> None:
    writer = one_page()
    writer.add_attachment("otro.exe", b"MZ")
    with pytest.raises(Invalid, match="trae un programa u otro archivo"):
        pdf.check_pdf(written(writer), "acta.pdf")


def test_an_empty_one_is_refused() -> None:
    with pytest.raises(Invalid, match="ninguna página"):
        pdf.check_pdf(written(PdfWriter()), "acta.pdf")
