"""Who hears of a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ReasonView
from consulta.domain.contributions import status as contribution_status
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.models.accounts import Account
from consulta.models.base import table_of
from consulta.models.contributions import Contributor, Kind, Status
from consulta.models.organizations import OrganizationMember
from consulta.models.proposals import Proposal, ProposalDraft

from .returns import Returned


@dataclass(frozen=True, kw_only=True)
class DecisionMail(Mail):
    """What was decided; ``due``: by when a proposal that was given back is to be corrected; ``fields``:
    which parts, ``draft``: where."""

    template = "decision"
    number: int
    slug: str
    published: bool
    note: str | None = None
    reason: str | None = None
    kind: str = Kind.OPINION.value
    due: date | None = None
    fields: list[str] = field(default_factory=list)
    draft: str | None = None


def tell(
    db: Session,
    consultation: ConsultationView,
    row: contribution_status.StoredContribution,
    *,
    ordinal: int,
    status: Status,
    reason: ReasonView | None,
    note: str | None,
    returned: Returned | None,
    now: datetime,
) -> None:
    """News to the author who left an address, or to those who act for the organisation that proposed it; the mail gives
    the number, for nobody here knows the code."""
    for recipient, language in _whom(db, row):
        said = reason.title.get(language, reason.title["es"]) if reason and status is Status.REJECTED else None
        mail = DecisionMail(
            number=row.number,
            slug=consultation.slug,
            language=language,
            note=note,
            reason=said,
            published=status is Status.PUBLISHED,
            kind=row.kind.value,
            due=returned.due_on if returned else None,
            fields=list(returned.fields) if returned else [],
            draft=_draft(db, row.id) if returned and recipient.startswith(Recipient.ACCOUNT) else None,
        )
        outbox.post(db, mail, event=f"decision:{consultation.slug}:{row.number}:{ordinal}", to=recipient, now=now)


def _draft(db: Session, proposal_id: int) -> str | None:
    """The key of a proposal's draft, which opens only for those who act for its organisation."""
    return db.execute(select(ProposalDraft.key).where(ProposalDraft.contribution_id == proposal_id)).scalar()


def _whom(db: Session, row: contribution_status.StoredContribution) -> list[tuple[str, str]]:
    """Whom to tell, and in which language."""
    person = select(Contributor.email, Contributor.mail_language).where(Contributor.contribution_id == row.id)
    email, language = db.execute(person).one()
    if email is not None:
        return [(Recipient.CONTRIBUTION.of(row.id), language or "es")]
    if row.kind is not Kind.PROPOSAL:
        return []
    m = OrganizationMember
    members = (
        select(Account.id, Account.language)
        .join(m, m.account_id == Account.id)
        .join(table_of(Proposal), table_of(Proposal).c.organization_id == m.organization_id)
        .where(table_of(Proposal).c.id == row.id, m.wished_on.is_(None))
    )
    return [(Recipient.ACCOUNT.of(id_), language) for id_, language in db.execute(members)]
