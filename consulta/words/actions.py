"""What every action of the ledger is called on the screen."""

from __future__ import annotations

from consulta.domain.ledger.actions import Action

from .i18n import gettext


def actions() -> dict[str, str]:
    """The words of all of them, by action, in the language of the request."""
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
        Action.ROLE_ASK: gettext("Quien coordina pidió un cambio en un cargo suyo"),
        Action.ROLE_ANSWER: gettext("Se respondió a quien pidió un cambio en un cargo suyo"),
        Action.ACT_PUBLISH: gettext("Se publicó un acto"),
        Action.MINUTES_AGREE: gettext("Un sector está de acuerdo con un acta"),
        Action.MINUTES_DISAGREE: gettext("Un sector no está de acuerdo con un acta"),
        Action.NEWS_PUBLISH: gettext("Se publicó una noticia"),
        Action.COMMITMENT_PUBLISH: gettext("Se publicó un compromiso"),
        Action.EDITION_PUBLISH: gettext("Se publicaron tablas de quiénes participan"),
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
        Action.ORGANIZATION_MEMBER: gettext("Cambió quién actúa por una organización"),
        Action.SIGNATORY_ASK: gettext("Una organización pidió que firme otra persona"),
        Action.SIGNATORY_ANSWER: gettext("Un sector respondió sobre quién firma por una organización"),
        Action.POSITION_PUBLISH: gettext("Una organización publicó una posición"),
        Action.CONTACT_LOOK: gettext("Se miró un dato de contacto"),
        Action.FORUM_PUBLISH: gettext("Se anunció un foro, o cambió su anuncio"),
        Action.FORUM_CANCEL: gettext("Se canceló un foro"),
        Action.FORUM_ERASE: gettext("Se borraron los datos de quienes se inscribieron a un foro"),
        Action.FORUM_CLOSE: gettext("Se cerró un foro"),
        Action.FORUM_REOPEN: gettext("Se abrió otra vez un foro"),
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
