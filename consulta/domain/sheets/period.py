"""The months of a plan, and which template it is bound to."""

from __future__ import annotations

from consulta.domain.consultations.snapshots import ConsultationView

from .sheet import Generation, Period


def period(consultation: ConsultationView) -> Period | None:
    """The months of its plan, if the settings name them."""
    plan = consultation.settings.get("plan", {})
    return Period(plan["approved"], plan["end"]) if "approved" in plan else None


def generation(consultation: ConsultationView) -> Generation:
    """The generation of OGP's template that its plan is bound to."""
    return Generation(consultation.settings.get("plan", {}).get("template", "C"))
