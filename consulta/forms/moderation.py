"""Decisions and classifications at the desk."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation.returns import Returned
from consulta.words.i18n import gettext

from .fields import Typed, kept

NOTE_MAX = 2000
MAX_PARTS = 2**31 - 2


def _seen(_form: FlaskForm, field: IntegerField) -> None:
    """An ordinal that could have been seen; wtforms' NumberRange fails upon 400 digits."""
    if field.data is None or not 0 <= field.data <= MAX_PARTS:
        raise ValidationError(gettext("La página había cambiado. Vuelva a abrir el aporte."))


class DecisionForm(FlaskForm):
    """Publish or reject, with the ordinal seen."""

    ordinal = IntegerField(validators=[InputRequired(), _seen])
    verdict = StringField()
    reason = StringField()
    note = TextAreaField(filters=[kept, str.strip])

    def validate_verdict(self, field: StringField) -> None:
        """One of the two."""
        if field.data not in ("publish", "reject"):
            raise ValidationError(gettext("Elija publicar o no publicar."))

    def validate_note(self, field: TextAreaField) -> None:
        """At most 2,000 characters."""
        if field.data and len(field.data) > NOTE_MAX:
            raise ValidationError(gettext("La nota es demasiado larga: caben 2,000 letras."))


class ClassificationForm(FlaskForm):
    """Primary theme (empty: none) and secondary ones, with the ordinal seen."""

    ordinal = IntegerField(validators=[InputRequired(), _seen])
    theme = StringField()
    mentions = SelectMultipleField(validate_choice=False)

    def __init__(self, consultation: ConsultationView) -> None:
        super().__init__()
        self.consultation = consultation

    def validate_theme(self, field: StringField) -> None:
        """A theme of this consultation, or none."""
        if field.data and self.consultation.theme(field.data) is None:
            raise ValidationError(gettext("Ese tema no es de esta consulta. Elija uno de la lista."))

    def validate_mentions(self, field: SelectMultipleField) -> None:
        """Themes of this consultation."""
        if any(self.consultation.theme(slug) is None for slug in field.data or []):
            raise ValidationError(gettext("Ese tema no es de esta consulta. Elija uno de la lista."))


RETURNABLE = ("title", "problem", "objective", "action", "relevance", "leads", "milestones", "ambition")
"""What a proponent can be asked to correct."""


def read_return(typed: Typed) -> tuple[Returned | None, str | None, int]:
    """What is to be mended and until when, the note, the ordinal seen."""
    ordinal, due = typed.whole("ordinal", 0, MAX_PARTS), typed.day("due", missing=gettext("Escriba hasta qué día."))
    note = typed.text("note", limit=NOTE_MAX) or None
    fields = tuple(name for name in RETURNABLE if typed.flag(f"field-{name}"))
    if not fields:
        typed.wrong("fields", gettext("Elija qué hay que corregir."))
    return (Returned(fields, due) if fields and due else None), note, ordinal
