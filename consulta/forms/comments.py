"""The comment form: that of an opinion, with one to five themes."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField, ValidationError

from consulta.domain.comments.submitting import SubmittedComment, chosen
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Invalid
from consulta.domain.texts import showable
from consulta.words.i18n import gettext

from .opinions import CHOICES, OpinionForm


class CommentForm(OpinionForm):
    """``preset``: the theme of what is commented upon, the primary one where it is among those chosen."""

    theme = None
    themes = SelectMultipleField(validate_choice=False)

    def __init__(self, consultation: ConsultationView, preset: ThemeView | None) -> None:
        super().__init__(consultation)
        self.preset = preset

    def validate_themes(self, field: SelectMultipleField) -> None:
        """One to five of this consultation's."""
        slugs = field.data or []
        if any(self.consultation.theme(slug) is None for slug in slugs):
            raise ValidationError(gettext("Ese tema no es de esta consulta. Elija uno de la lista."))
        try:
            chosen(self.consultation, slugs, self.preset)
        except Invalid as fault:
            raise ValidationError(gettext(fault.message)) from fault

    def values(self) -> dict[str, Any]:
        """What was typed, to stand in the form again."""
        return {**super().values(), "themes": [showable(slug, 100) for slug in self.themes.raw_data or []][:20]}

    def given(self) -> SubmittedComment:
        """What the domain takes; only after ``validate``."""
        primary, others = chosen(self.consultation, self.themes.data, self.preset)
        return SubmittedComment(
            body=self.body.data,
            theme=primary,
            mentions=[theme.slug for theme in others],
            email=self.email.data or None,
            name=self.name.data or None,
            publish_name=bool(self.publish_name.data),
            **{name: self[name].data or None for name in CHOICES},
        )
