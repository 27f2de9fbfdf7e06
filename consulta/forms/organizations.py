"""A body on the list, and an organisation's wish to have an account."""

from __future__ import annotations

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations.enlisting import Listed
from consulta.domain.organizations.reading import CAPACITIES, BodyView
from consulta.words.i18n import gettext

from .fields import LINE, Typed, lines


def read_body(typed: Typed, consultation: ConsultationView, slug: str) -> Listed:
    """What a coordinator says of a body."""
    sectors = [c.code for c in consultation.lists.get("body_sector", ())]
    return Listed(
        slug=slug,
        name=typed.said("name", limit=LINE, missing=gettext("Escriba el nombre.")),
        sector=typed.one_of("sector", sectors, missing=gettext("Elija el sector.")) or "",
        acronym=typed.text("acronym", limit=30) or None,
        capacities=tuple(c for c in CAPACITIES if typed.flag(f"capacity-{c}")),
        aliases=tuple(lines(typed.text("aliases"))),
        earlier_names=tuple(lines(typed.text("earlier_names"))),
        note=typed.said("note") or None,
        contact_email=typed.email("contact_email"),
        contact_phone=typed.text("contact_phone", limit=40) or None,
    )


def show_body(body: BodyView) -> dict[str, str]:
    """The form's values; contact data are typed anew or left as they are."""
    values = {
        "sector": body.sector,
        "acronym": body.acronym or "",
        "aliases": "\n".join(body.aliases),
        "earlier_names": "\n".join(body.earlier_names),
    }
    for name, said in (("name", body.name), ("note", body.note or {})):
        values |= {f"{name}_es": said.get("es", ""), f"{name}_en": said.get("en", "")}
    return values | {f"capacity-{c}": "1" for c in body.capacities}


def read_request(typed: Typed, consultation: ConsultationView) -> dict[str, str | None]:
    """What an organisation says of itself; no registry number is asked."""
    sectors = [c.code for c in consultation.lists.get("body_sector", ())]
    return {
        "name": typed.text("name", limit=LINE, missing=gettext("Escriba el nombre de su organización.")),
        "acronym": typed.text("acronym", limit=30) or None,
        "sector": typed.one_of("sector", sectors, missing=gettext("Elija el sector.")) or "",
        "about": typed.text("about", limit=1000, missing=gettext("Escriba en pocas palabras quiénes son y qué hacen.")),
        **read_representative(typed),
    }


def read_representative(typed: Typed) -> dict[str, str | None]:
    """Who speaks for a body that is listed already."""
    return {"email": typed.email("email", missing=gettext("Escriba el correo de quien la representa.")) or ""}
