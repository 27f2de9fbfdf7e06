"""OGP's commitment template in its three generations: which box holds which fields of a sheet, and what it is called.

The labels are those of the Spanish forms and stay Spanish in every language of the interface. ``sheet_placing`` fills
the boxes, ``sheet_json`` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .sheet import Challenge, Continuity, Generation

UNDECIDED = "Por definir en la mesa"
LINES = ("leads", "persons", "posts", "emails", "phones")
"""The fields that are lists of lines, each as it was written."""

CHALLENGES = {
    Challenge.SERVICES: "Mejorar los servicios públicos",
    Challenge.INTEGRITY: "Aumentar la integridad pública",
    Challenge.RESOURCES: "Manejar mejor los recursos públicos",
    Challenge.COMMUNITIES: "Crear comunidades más seguras",
    Challenge.CORPORATE: "Aumentar la rendición de cuentas de las empresas",
}
CONTINUITY = {Continuity.NEW: "Nuevo", Continuity.ONGOING: "En curso"}

FIELDS = {
    "title": "Nombre",
    "leads": "Institución responsable",
    "persons": "Personas responsables",
    "posts": "Cargos",
    "emails": "Correos electrónicos",
    "phones": "Teléfonos",
    "government": "Otros actores: de gobierno",
    "others": "Otros actores: de fuera del gobierno",
    "problem": "Problema",
    "causes": "Causas del problema",
    "background": "Lo hecho hasta ahora",
    "objective": "Objetivo principal",
    "action": "Descripción",
    "challenge": "Desafío de OGP",
    "challenges": "Desafíos de la lista de OGP",
    "relevance": "Relevancia",
    "value_transparency": "Transparencia",
    "value_participation": "Participación ciudadana",
    "value_accountability": "Rendición de cuentas",
    "ambition": "Ambición",
    "results": "Resultados esperados",
    "context": "Información adicional",
}
"""Every field of a sheet that a box may hold, and its name where a template has no box for it."""

MILESTONE_FIELDS = {
    "text": "Metas",
    "deliverable": "Metas: producto entregable",
    "responsible": "Metas: institución responsable",
    "continuity": "Metas: nuevas o en curso",
    "continues": "Metas: de qué compromiso vienen",
    "start": "Metas: inicio",
    "end": "Metas: fin",
}


@dataclass(frozen=True)
class Spec:
    """A box, or a column of the milestones. ``fields``: canonical name, and the small label above it inside the box
    (empty where the box's own label says it). ``below``: the box stands after the milestones."""

    key: str
    label: str
    fields: tuple[tuple[str, str], ...]
    below: bool = False


@dataclass(frozen=True)
class Template:
    """One generation of the form. ``years``: of the action plans that use it."""

    generation: Generation
    years: str
    boxes: tuple[Spec, ...]
    milestones: str
    columns: tuple[Spec, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a box."""
        return frozenset(name for box in self.boxes for name, _ in box.fields)

    @property
    def milestone_fields(self) -> frozenset[str]:
        """The fields of a milestone that have a column."""
        return frozenset(name for column in self.columns for name, _ in column.fields)


def _box(
    key: str, label: str, *fields: str, labelled: Mapping[str, str] = MappingProxyType({}), below: bool = False
) -> Spec:
    """A box: ``fields`` need no label of their own, ``labelled`` have one."""
    return Spec(key, label, (*((name, "") for name in fields), *labelled.items()), below)


VALUES = {
    "value_transparency": "Acceso a la información y transparencia",
    "value_participation": "Participación ciudadana",
    "value_accountability": "Rendición de cuentas",
}
CONTACT = {
    "persons": "Nombre de la persona responsable",
    "posts": "Título, departamento",
    "emails": "Correo electrónico",
    "phones": "Teléfono",
}
NAME = _box("name", "Nombre y número del compromiso", "title")
START = _box("start", "Inicio", "start")
END = _box("end", "Fin", "end")

A = Template(
    Generation.A,
    "2014-2016",
    (
        NAME,
        _box("lead_agency", "Entidad responsable", "leads"),
        _box("responsible_person", "Nombre de la persona responsable", "persons"),
        _box("title_department", "Título, departamento", "posts"),
        _box("email", "Correo electrónico", "emails"),
        _box("phone", "Teléfono", "phones"),
        _box("other_actors_government", "Otros actores involucrados: de gobierno", "government"),
        _box(
            "other_actors_civil_society",
            "Otros actores involucrados: OSC, sector privado, multilaterales, grupos de trabajo",
            "others",
        ),
        _box(
            "status_quo",
            "Status quo o problema que se quiere resolver",
            "problem",
            labelled={"background": "Lo hecho hasta ahora"},
        ),
        _box("main_objective", "Objetivo principal", "objective"),
        _box("brief_description", "Breve descripción del compromiso", "action"),
        _box(
            "ogp_challenge",
            "Desafío de OGP atendido por el compromiso",
            "challenge",
            labelled={"challenges": "De la lista de OGP"},
        ),
        _box("relevance", "Relevancia", "relevance", labelled=VALUES),
        _box("ambition", "Ambición", "ambition", labelled={"results": "Resultados esperados"}),
    ),
    "Metas (hitos) para verificar el cumplimiento",
    (
        _box("text", "Meta (hito)", "text"),
        _box("responsible", "Responsable", "responsible"),
        _box("continuity", "Nuevo o en curso", "continuity", labelled={"continues": "Viene de"}),
        START,
        END,
    ),
)

B = Template(
    Generation.B,
    "2017-2021",
    (
        NAME,
        _box("lead_institution", "Institución o actor responsable de la implementación", "leads"),
        _box("problem", "¿Cuál es la problemática que el compromiso aborda?", "problem"),
        _box("commitment", "¿Cuál es el compromiso?", "action"),
        _box(
            "contribution",
            "¿Cómo contribuirá a resolver la problemática?",
            labelled={"objective": "Objetivo principal", "ambition": "Ambición", "results": "Resultados esperados"},
        ),
        _box("relevance", "¿Por qué es relevante a los valores de OGP?", "relevance", labelled=VALUES),
        _box("additional_information", "Información adicional", "context"),
        _box("contact_information", "Información de contacto", below=True, labelled=CONTACT),
        _box(
            "other_actors",
            "Otros actores involucrados",
            below=True,
            labelled={
                "government": "De gobierno",
                "others": "OSC, sector privado, multilaterales, grupos de trabajo",
            },
        ),
    ),
    "Actividades y productos entregables",
    (
        _box("activity", "Actividad y producto entregable", "text", labelled={"deliverable": "Producto entregable"}),
        _box("start", "Fecha de inicio", "start"),
        _box("end", "Fecha de término", "end"),
    ),
)

C = Template(
    Generation.C,
    "desde 2021",
    (
        NAME,
        # The main objective is the shortest statement of what a commitment wants, which is what this box asks for; all
        # other boxes of this generation have a field of their own.
        _box("brief_description", "Breve descripción del compromiso", "objective"),
        _box("commitment_lead", "Institución que dirige el compromiso", "leads"),
        _box(
            "supporting_stakeholders",
            "Actores que apoyan el compromiso",
            labelled={
                "government": "De gobierno",
                "others": "Organizaciones de la sociedad civil y otros actores",
            },
        ),
        _box("problem", "¿Qué problema busca resolver el compromiso?", "problem"),
        _box("causes", "¿Cuáles son las causas del problema?", "causes"),
        _box("done_so_far", "¿Qué se ha hecho hasta ahora para resolver el problema?", "background"),
        _box("solution", "¿Qué solución se propone?", "action"),
        _box(
            "results",
            "¿Qué resultados se quieren lograr al cumplir el compromiso?",
            "results",
            labelled={"ambition": "Ambición"},
        ),
        _box("transparency", "¿Cómo promoverá el compromiso la transparencia?", "value_transparency"),
        _box(
            "accountability",
            "¿Cómo ayudará el compromiso a fortalecer la rendición de cuentas?",
            "value_accountability",
        ),
        _box(
            "participation",
            "¿Cómo mejorará el compromiso la participación ciudadana al definir, ejecutar y vigilar las soluciones?",
            "value_participation",
        ),
        _box("communication_contact", "Contacto para comunicaciones", below=True, labelled=CONTACT),
    ),
    "Planificación del compromiso: hitos",
    (
        _box("milestone", "Hito", "text"),
        _box("expected_output", "Producto esperado", "deliverable"),
        _box("expected_completion", "Fecha prevista de cumplimiento", "end"),
    ),
)

TEMPLATES = {one.generation: one for one in (A, B, C)}
