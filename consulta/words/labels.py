"""What every public enumeration is called on the screen: one place, so that one thing has the same words everywhere.

In Python ``label(Status.PUBLISHED)``; in templates the same, or ``label(code, "Status")`` where there is only a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask import Flask

from consulta.domain.attendance.devices import Outcome
from consulta.domain.ledger.actions import Action
from consulta.domain.notifications.faults import MailFault
from consulta.domain.organizations.reading import CAPACITIES
from consulta.domain.results.figures import GROUPS
from consulta.domain.sheets.advice import Severity
from consulta.domain.sheets.sheet import Challenge, Continuity, Generation
from consulta.models.accounts import RoleName, Sector
from consulta.models.acts import ActKind
from consulta.models.comments import Ground
from consulta.models.consultations import ConsultationKind
from consulta.models.contributions import Channel, Kind, Status
from consulta.models.forums import ForumKind, Seat
from consulta.models.moderation import Verdict
from consulta.models.news import NoticeState
from consulta.models.organizations import Standing
from consulta.models.papers import PaperState
from consulta.models.positions import Stance

from .actions import actions
from .i18n import catalogues, gettext, language

ENUMS: tuple[type[StrEnum], ...] = (
    Kind,
    Channel,
    Status,
    Verdict,
    Ground,
    ConsultationKind,
    RoleName,
    Sector,
    Standing,
    Stance,
    ActKind,
    ForumKind,
    Seat,
    Outcome,
    PaperState,
    NoticeState,
    MailFault,
    Continuity,
    Challenge,
    Generation,
    Severity,
    Action,
)
LISTS = {"Capacity": CAPACITIES, "Group": GROUPS, "RoleWork": tuple(RoleName)}
"""Closed lists of codes that are no enumeration."""


def label(member: str, of: str | None = None) -> str:
    """The words for a member, in the language of the page. ``of``: the enumeration's name, for a bare code.

    ``KeyError`` for what has no words: a test keeps that from happening.
    """
    return vocabulary(of or type(member).__name__)[str(member)]


def vocabulary(of: str) -> Mapping[str, str]:
    """Code to words for a whole enumeration, by its name, in the order of its members."""
    return _made(of, language(), id(catalogues()))


def first_upper(words: str) -> str:
    """As it begins a line."""
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=200)
def _made(of: str, _language: str, _catalogues: int) -> dict[str, str]:
    """Put together once a language: lists show the same few words again and again."""
    return {str(member): words for member, words in _WORDS[of]().items()}


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.globals.update(label=label, vocabulary=vocabulary)


def _act_kinds() -> dict[str, str]:
    return {
        ActKind.CALL: gettext("convocatoria"),
        ActKind.OUTREACH: gettext("difusión"),
        ActKind.BILATERAL: gettext("reunión bilateral"),
        ActKind.FACILITATORS: gettext("selección de facilitadores"),
        ActKind.TRAINING: gettext("capacitación"),
        ActKind.FORUM: gettext("foro"),
        ActKind.THEMATIC: gettext("mesa temática"),
        ActKind.TECHNICAL: gettext("mesa técnica"),
        ActKind.WORKSHOP: gettext("taller"),
        ActKind.EXTERNAL: gettext("observaciones externas"),
        ActKind.VALIDATION: gettext("validación"),
        ActKind.APPROVAL: gettext("aprobación"),
        ActKind.SUBMISSION: gettext("envío"),
        ActKind.MILESTONE: gettext("fecha clave"),
    }


_WORDS: dict[str, Callable[[], Mapping[Any, str]]] = {
    "Kind": lambda: {
        Kind.OPINION: gettext("Opinión"),
        Kind.COMMENT: gettext("Comentario"),
        Kind.PROPOSAL: gettext("Propuesta de compromiso"),
    },
    "Channel": lambda: {
        Channel.WEB: gettext("sitio web"),
        Channel.PAPER: gettext("papel"),
        Channel.FORUM: gettext("foro"),
        Channel.ASSISTED: gettext("con ayuda de alguien"),
        Channel.IMPORT: gettext("importado"),
    },
    "Status": lambda: {
        Status.RECEIVED: gettext("recibido"),
        Status.HELD: gettext("recibido"),
        Status.RETURNED: gettext("devuelta para corregir"),
        Status.PUBLISHED: gettext("publicado"),
        Status.REJECTED: gettext("no publicado"),
        Status.WITHDRAWN: gettext("retirado por su autor"),
        Status.ANNULLED: gettext("de una importación anulada"),
        Status.ERASED: gettext("borrado por su autor"),
    },
    "Verdict": lambda: {
        Verdict.PUBLISH: gettext("Se publicó"),
        Verdict.REJECT: gettext("No se publicó"),
        Verdict.RETURN: gettext("Se devolvió para corregir"),
    },
    "Ground": lambda: {
        Ground.PERSONAL_DATA: gettext("Dice datos personales de alguien"),
        Ground.THREAT: gettext("Amenaza a alguien"),
        Ground.HATE: gettext("Llama al odio contra un grupo de personas"),
        Ground.INSULT: gettext("Insulta a alguien"),
        Ground.ADVERTISING: gettext("Es publicidad o engaño"),
        Ground.OFF_TOPIC: gettext("No tiene que ver con el tema"),
        Ground.OTHER: gettext("Otra cosa"),
    },
    "ConsultationKind": lambda: {
        ConsultationKind.ORDINARY: gettext("consulta"),
        ConsultationKind.RECORD: gettext("registro histórico"),
        ConsultationKind.DEMONSTRATION: gettext("demostración"),
    },
    "RoleName": lambda: {
        RoleName.MODERATOR: gettext("revisa aportes"),
        RoleName.COORDINATOR: gettext("coordina"),
        RoleName.FACILITATOR: gettext("facilita"),
        RoleName.SECRETARY: gettext("secretaría de mesa"),
        RoleName.MEMBER: gettext("integra la mesa"),
        RoleName.LIAISON: gettext("enlace de institución"),
        RoleName.TRANSLATOR: gettext("traduce"),
        RoleName.OBSERVER: gettext("observa"),
        RoleName.ADMIN: gettext("administra la instalación"),
    },
    "RoleWork": lambda: {
        RoleName.MODERATOR: gettext(
            "lee lo que llega, decide si se publica o dice por qué no, y pone el tema. Responde por su sector."
        ),
        RoleName.COORDINATOR: gettext(
            "lleva el proceso: cronograma, foros, actos, personas y entidades. No decide qué se publica."
        ),
        RoleName.FACILITATOR: gettext(
            "recibe a la gente en los foros, anota quién llegó e ingresa lo que se escribió. Responde por su sector."
        ),
        RoleName.SECRETARY: gettext(
            "ingresa lo que llega en papel y responde por su sector. La mesa de acuerdos, que es su trabajo principal, "
            "llega con una próxima versión."
        ),
        RoleName.MEMBER: gettext(
            "responde por su sector: entidades por verificar y actas por leer. Votar los acuerdos de la mesa llega con "
            "una próxima versión."
        ),
        RoleName.LIAISON: gettext(
            "responderá por su institución a lo que se le proponga. Eso llega con una próxima versión; mientras tanto "
            "puede leer aquí las propuestas y lo público."
        ),
        RoleName.TRANSLATOR: gettext(
            "traducirá lo que llega en su idioma. Eso llega con una próxima versión; mientras tanto puede leer aquí lo "
            "público."
        ),
        RoleName.OBSERVER: gettext("mira la mesa de revisión sin decidir: cuánto espera, de qué tema y desde cuándo."),
        RoleName.ADMIN: gettext("cuida la instalación entera: todas las consultas y sus equipos."),
    },
    "Sector": lambda: {Sector.GOVERNMENT: gettext("gobierno"), Sector.CIVIL_SOCIETY: gettext("sociedad civil")},
    "Standing": lambda: {
        Standing.LISTED: gettext("en la lista"),
        Standing.ASKED: gettext("pidió una cuenta"),
        Standing.PROVISIONAL: gettext("verificada provisionalmente"),
        Standing.VERIFIED: gettext("verificada"),
        Standing.REFUSED: gettext("rechazada"),
        Standing.APPEALED: gettext("apelada"),
    },
    "Stance": lambda: {
        Stance.SUPPORT: gettext("apoya"),
        Stance.DISSENT: gettext("no está de acuerdo"),
        Stance.WITHDRAWAL: gettext("se retira del proceso"),
        Stance.RETURN: gettext("regresa al proceso"),
    },
    "ActKind": _act_kinds,
    "ForumKind": lambda: {
        ForumKind.FORUM: gettext("foro de consulta abierta"),
        ForumKind.ROUNDTABLE: gettext("mesa temática"),
    },
    "Seat": lambda: {
        Seat.CONFIRMED: gettext("confirmado"),
        Seat.WAITING: gettext("lista de espera"),
        Seat.CANCELLED: gettext("cancelado"),
        Seat.RELEASED: gettext("lugar liberado"),
        Seat.WALK_IN: gettext("llegó sin inscribirse"),
    },
    "Outcome": lambda: {
        Outcome.NEW: gettext("marca nueva"),
        Outcome.KNOWN: gettext("ya estaba"),
        Outcome.UNKNOWN: gettext("de nadie en la lista"),
        Outcome.UNREADABLE: gettext("ilegible"),
    },
    "PaperState": lambda: {
        PaperState.OUT: gettext("por volver"),
        PaperState.ENTERED: gettext("ingresada"),
        PaperState.BLANK: gettext("en blanco"),
        PaperState.LOST: gettext("perdida"),
    },
    "MailFault": lambda: {
        MailFault.NO_TLS: gettext("No sale ningún correo: el servidor de correo no ofrece cifrado (STARTTLS)"),
        MailFault.CERTIFICATE: gettext("No sale ningún correo: no se pudo comprobar el certificado del servidor"),
        MailFault.LOGIN: gettext("No sale ningún correo: el servidor de correo no acepta el usuario o la contraseña"),
        MailFault.SENDER: gettext("No sale ningún correo: el servidor de correo no acepta la dirección que envía"),
        MailFault.MESSAGE: gettext("El servidor de correo no aceptó un mensaje"),
        MailFault.UNREACHABLE: gettext("No sale ningún correo: el servidor de correo no responde"),
    },
    "NoticeState": lambda: {
        NoticeState.WAITING: gettext("por avisar"),
        NoticeState.TOLD: gettext("avisado"),
        NoticeState.NO_ANSWER: gettext("no respondió"),
    },
    "Continuity": lambda: {Continuity.NEW: gettext("nuevo"), Continuity.ONGOING: gettext("en curso")},
    "Challenge": lambda: {
        Challenge.SERVICES: gettext("Mejorar los servicios públicos"),
        Challenge.INTEGRITY: gettext("Aumentar la integridad pública"),
        Challenge.RESOURCES: gettext("Gestionar mejor los recursos públicos"),
        Challenge.COMMUNITIES: gettext("Crear comunidades más seguras"),
        Challenge.CORPORATE: gettext("Aumentar la rendición de cuentas de las empresas"),
    },
    "Generation": lambda: {
        Generation.A: gettext("plantilla 2014-2016"),
        Generation.B: gettext("plantilla 2017-2021"),
        Generation.C: gettext("plantilla desde 2021"),
    },
    "Severity": lambda: {
        Severity.ERROR: gettext("hay que corregirlo o explicarlo"),
        Severity.WARNING: gettext("conviene corregirlo"),
        Severity.INFO: gettext("para saber"),
    },
    "Action": actions,
    "Capacity": lambda: {
        "table": gettext("mesa"),
        "proponent": gettext("proponente"),
        "host": gettext("sede"),
        "organizer": gettext("organiza"),
        "observer": gettext("observa"),
        "companion": gettext("acompaña"),
    },
    "Group": lambda: {
        "received": gettext("Recibidos"),
        "pending": gettext("Por revisar"),
        "published": gettext("Publicados"),
        "rejected": gettext("No publicados"),
        "withdrawn": gettext("Retirados"),
        "annulled": gettext("Anulados"),
        "erased": gettext("Borrados"),
    },
}
