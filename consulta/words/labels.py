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
    Continuity,
    Challenge,
    Generation,
    Severity,
    Action,
)
LISTS = {"Capacity": CAPACITIES, "Group": GROUPS}
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


def _actions() -> dict[str, str]:
    return {**_actions_of_the_process(), **_actions_of_people(), **_actions_upon_contributions()}


def _actions_of_the_process() -> dict[str, str]:
    return {
        Action.CONSULTATION_PUBLISH: gettext("Se publicó la consulta"),
        Action.SCHEDULE_PUBLISH: gettext("Se publicó el cronograma"),
        Action.REASON_PUBLISH: gettext("Se publicó un motivo"),
        Action.CONSULTATION_CHANGE: gettext("Cambió la consulta"),
        Action.ROLE_GRANT: gettext("Se dio un cargo"),
        Action.ROLE_SUSPEND: gettext("Se suspendió un cargo"),
        Action.ROLE_RESUME: gettext("Se devolvió un cargo"),
        Action.ROLE_REVOKE: gettext("Se quitó un cargo"),
        Action.ACT_PUBLISH: gettext("Se publicó un acto"),
        Action.MINUTES_AGREE: gettext("Un sector está de acuerdo con un acta"),
        Action.MINUTES_DISAGREE: gettext("Un sector no está de acuerdo con un acta"),
        Action.COMMITMENT_PUBLISH: gettext("Se publicó un compromiso"),
        Action.IMPORT_BEGIN: gettext("Empezó una importación"),
        Action.IMPORT_END: gettext("Terminó una importación"),
        Action.IMPORT_TAKE_BACK: gettext("Se anuló una importación"),
    }


def _actions_of_people() -> dict[str, str]:
    return {
        Action.ORGANIZATION_LIST: gettext("Se anotó una entidad"),
        Action.ORGANIZATION_ASK: gettext("Una organización pidió una cuenta"),
        Action.ORGANIZATION_ACCEPT: gettext("Un sector dijo sí a una organización"),
        Action.ORGANIZATION_REFUSE: gettext("Un sector dijo no a una organización"),
        Action.ORGANIZATION_APPEAL: gettext("Una organización apeló"),
        Action.ORGANIZATION_PROVISIONAL: gettext("Una organización quedó verificada provisionalmente"),
        Action.POSITION_PUBLISH: gettext("Una organización publicó una posición"),
        Action.CONTACT_LOOK: gettext("Se miró un dato de contacto"),
        Action.FORUM_PUBLISH: gettext("Se anunció un foro, o cambió su anuncio"),
        Action.FORUM_CANCEL: gettext("Se canceló un foro"),
        Action.FORUM_ERASE: gettext("Se borraron los datos de quienes se inscribieron a un foro"),
        Action.FORUM_CLOSE: gettext("Se cerró un foro"),
        Action.PAPER_PRINT: gettext("Se numeraron hojas para un foro"),
        Action.PAPER_SETTLE: gettext("Se anotó qué pasó con una hoja"),
        Action.ROSTER_LOOK: gettext("Se abrió la lista de la puerta de un foro"),
        Action.REGISTRATION_CONFIRM: gettext("Alguien se inscribió a un foro"),
        Action.REGISTRATION_WAIT: gettext("Alguien entró a la lista de espera de un foro"),
        Action.REGISTRATION_PROMOTE: gettext("Alguien de la lista de espera obtuvo lugar"),
        Action.REGISTRATION_CANCEL: gettext("Alguien canceló su inscripción"),
        Action.REGISTRATION_RELEASE: gettext("Se liberó un lugar en un foro"),
        Action.REGISTRATION_MOVE: gettext("Alguien cambió de mesa"),
        Action.REGISTRATION_WALK_IN: gettext("Alguien llegó a un foro sin inscribirse"),
        Action.ATTENDANCE_MARK: gettext("Se anotó una llegada a un foro"),
        Action.ATTENDANCE_UNDO: gettext("Se quitó una llegada anotada por error"),
        Action.SPONSOR_CONFIRM: gettext("Una organización respalda una propuesta"),
        Action.SPONSOR_DECLINE: gettext("Una organización no respalda una propuesta"),
    }


def _actions_upon_contributions() -> dict[str, str]:
    return {
        Action.RECEIVE: gettext("Llegó un aporte"),
        Action.PUBLISH: gettext("Se publicó un aporte"),
        Action.REJECT: gettext("Se decidió no publicar"),
        Action.RETURN: gettext("Se devolvió una propuesta para corregir"),
        Action.CORRECT: gettext("Llegó una propuesta corregida"),
        Action.GO_ON: gettext("Una propuesta siguió como estaba: venció el plazo para corregirla"),
        Action.PROPOSAL_VERSION: gettext("Llegó una versión de una propuesta"),
        Action.PROPOSAL_WITHDRAW: gettext("Se retiró una propuesta"),
        Action.CLASSIFY: gettext("Se dijo de qué tema es"),
        Action.CONFIRM: gettext("Se confirmó un correo"),
        Action.SUPPORT: gettext("Alguien apoyó un comentario"),
        Action.TAKE_BACK_SUPPORT: gettext("Alguien quitó su apoyo"),
        Action.REPORT: gettext("Alguien reportó un comentario"),
        Action.WITHDRAW: gettext("Su autor lo retiró"),
        Action.CANCEL: gettext("Se retiró con su importación"),
        Action.ASK_ERASURE: gettext("Su autor pidió borrarlo"),
        Action.TAKE_BACK_ERASURE: gettext("Su autor canceló el borrado"),
        Action.ERASE: gettext("Se borró"),
        Action.REMOVE_NAME: gettext("Se quitó un nombre"),
        Action.ERASE_EMAIL: gettext("Se borró un correo"),
        Action.EXPIRE: gettext("Venció el plazo de un dato de contacto"),
    }


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
    "Action": _actions,
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
        "erased": gettext("Borrados"),
    },
}
