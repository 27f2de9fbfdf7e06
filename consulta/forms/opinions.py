"""The opinion form: shape and length of what a person types."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField, ValidationError

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions.submission import Submitted
from consulta.domain.texts import LINE_MAX, body_fault, showable
from consulta.words.i18n import gettext

from . import fields

CHOICES = ("department", "taking_part_as", "age_group", "gender", "language")


def _of_list(form: OpinionForm, field: StringField) -> None:
    if field.data and form.consultation.choice(field.name, field.data) is None:
        raise ValidationError(gettext("Elija una de las opciones de la lista."))


def _line(**kwargs: object) -> StringField:
    return StringField(filters=[fields.kept, str.strip], **kwargs)


class OpinionForm(FlaskForm):
    """One page: text first, the rest optional. ``website`` is a trap that people do not see."""

    class Meta:
        """The whole application's protection checked the token already."""

        csrf = False

    body = TextAreaField(filters=[fields.kept])
    theme = _line()
    department = _line(validators=[_of_list])
    taking_part_as = _line(validators=[_of_list])
    email = _line()
    name = _line()
    publish_name = BooleanField()
    age_group = _line(validators=[_of_list])
    gender = _line(validators=[_of_list])
    language = _line(validators=[_of_list])
    submission = StringField()
    website = StringField()

    def __init__(self, consultation: ConsultationView) -> None:
        super().__init__()
        self.consultation = consultation

    def validate_body(self, field: TextAreaField) -> None:
        """10 to 4,000 characters with one letter or digit."""
        if not field.process_errors:
            fault = body_fault(field.data)
            if fault is not None:
                raise ValidationError(gettext(fault.message, **fault.values))

    def validate_theme(self, field: StringField) -> None:
        """A theme of this consultation, or none."""
        if field.data and self.consultation.theme(field.data) is None:
            raise ValidationError(gettext("Ese tema no es de esta consulta. Elija uno de la lista."))

    def validate_email(self, field: StringField) -> None:
        """An address that mail can reach, if any."""
        if field.data:
            try:
                field.data = validate_email(field.data, check_deliverability=False).normalized
            except EmailNotValidError as error:
                raise ValidationError(
                    gettext("Revise el correo: debe tener la forma nombre@ejemplo.org. También puede dejarlo vacío.")
                ) from error

    def validate_name(self, field: StringField) -> None:
        """One line."""
        if field.data and len(field.data) > LINE_MAX:
            raise ValidationError(gettext("El nombre es demasiado largo: caben 200 letras."))

    def values(self) -> dict[str, str]:
        """What was typed, to stand in the form again."""
        return {
            name: "1" if field.data is True else showable((field.raw_data or [""])[0], 1_000_000)
            for name, field in self._fields.items()
        }

    def given(self) -> Submitted:
        """What the domain takes; only after ``validate``."""
        return Submitted(
            body=self.body.data,
            theme=self.consultation.theme(self.theme.data) if self.theme.data else None,
            email=self.email.data or None,
            name=self.name.data or None,
            publish_name=bool(self.publish_name.data),
            **{name: self[name].data or None for name in CHOICES},
        )
