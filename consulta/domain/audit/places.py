"""The place of every table and column: by what the ledger check sees that somebody changed it, or why it does not.

``tests/domain/audit/test_places.py`` fails for a table without a place, changes a cell of each column behind the
application, and holds what was found against this list; docs/ledger.md says it in words.
"""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """How the check knows a table."""

    LOGGED = "in the log"
    """Both ways: no row without its entry, no entry without its row."""
    REPLAYED = "replayed"
    """It follows from the entries in their order."""
    RECOMPUTED = "recomputed"
    """It follows from other rows."""
    PRIVATE = "private and stated"
    """Nothing public and no decision rests on it, or an entry would tell of people what nobody may know."""


L, R, C, P = Place.LOGGED, Place.REPLAYED, Place.RECOMPUTED, Place.PRIVATE
PLACES: dict[str, tuple[Place, str]] = {
    "accounts": (P, "who signs in and how; whoever decides stands in the log by a pseudonym"),
    "account_sessions": (P, "who is signed in where"),
    "account_tokens": (P, "one-time links"),
    "act_versions": (L, "digest of each version"),
    "acts": (C, "the version in force is the last, its day that version's"),
    "amendments": (L, "within the digest of a commitment"),
    "announcements": (L, "digest of the news in the entry of the act that it tells"),
    "attempts": (P, "counters against guessing, kept for a day"),
    "attendance_marks": (R, "who is there follows from the entries upon each registration, and from its marks"),
    "classifications": (L, "each is an entry"),
    "comments": (L, "text by commitment; what it is on, shown replies and supports are recounted"),
    "commitment_labels": (L, "within the digest of a commitment"),
    "commitments": (L, "digest of each version"),
    "consultations": (L, "digest of the call; since when it is public stands in its first entry"),
    "contributions": (L, "commitments of its arrival; where it stands is replayed"),
    "contributors": (L, "commitments of its arrival"),
    "daily_keys": (P, "keys of a day"),
    "decision_notes": (L, "commitment in the decision's entry"),
    "decisions": (L, "each is an entry"),
    "dismissals": (L, "within the commitment of a proposal's version; of a draft private"),
    "draft_sources": (P, "to what a draft answers, until it is sent"),
    "draft_steps": (P, "how far a draft is"),
    "drafts": (P, "a consultation that is being prepared; what is published of it has entries"),
    "earlier_commitments": (L, "digest in the consultation's first entry"),
    "erasures": (P, "what is to be erased when; that it was asked for, and that it was done, are entries"),
    "forum_tables": (C, "follows from the version in force; who sits there is recounted"),
    "forum_tellings": (P, "how far a mail to registrants has come"),
    "forum_versions": (L, "digest of each version"),
    "forums": (C, "follows from the version in force; counters are recounted, ends replayed"),
    "heartbeats": (P, "when the worker was last alive"),
    "imports": (L, "its beginning and end are entries"),
    "intakes": (P, "who of the team typed in what came on paper; the entry names them by pseudonym"),
    "known_browsers": (P, "in which browsers staff signed in before"),
    "leases": (P, "who has an item open now"),
    "ledger_entries": (L, "the log itself: leaf and head of each"),
    "ledger_logs": (R, "length and head follow from the entries, which name the log"),
    "list_items": (L, "within the digest of the call"),
    "mentions": (R, "secondary themes follow from arrivals and classifications"),
    "milestone_parties": (L, "within the digest of a sheet"),
    "minutes_voices": (L, "each is an entry"),
    "notices": (P, "who is still to be told; a look at a contact is an entry"),
    "opinions": (L, "commitment of its arrival; the hash of its words is recomputed"),
    "organization_members": (P, "who acts for a body: accounts are private, acts are entries"),
    "organizations": (R, "how each stands, what is listed of it, its contact by commitment"),
    "outbox": (P, "mails on their way"),
    "paper_batches": (L, "each is an entry"),
    "paper_notes": (P, "on which line of which sheet a note stood"),
    "papers": (R, "settled or not, by entry; accounted for to the last one"),
    "positions": (L, "digest of each"),
    "prints": (P, "documents made from what is published, made anew at will"),
    "proposal_drafts": (P, "what nobody sent yet"),
    "proposal_sources": (L, "to what it answers stands in the entry of its version"),
    "proposal_terms": (C, "the words that it shares follow from its text"),
    "proposals": (L, "text follows from its sheet, whose commitment stands in each version's entry"),
    "pseudonyms": (R, "whoever acts is called so in the log"),
    "reasons": (L, "digest of each version"),
    "registrations": (R, "state and presence by entry; name, contact and needs by commitment"),
    "reports": (L, "day, reason, and two commitments"),
    "returns": (L, "what was asked and until when stands in the entry"),
    "role_requests": (L, "asking and answering are entries"),
    "roles": (R, "grants, suspensions and revocations"),
    "schedules": (L, "digest of each version"),
    "signatory_requests": (L, "asking and each answer are entries"),
    "sheet_contact_phones": (L, "within the commitment of a sheet"),
    "sheet_contacts": (L, "within the commitment of a sheet"),
    "sheet_lines": (L, "within the digest of a sheet"),
    "sheet_milestones": (L, "within the digest of a sheet"),
    "sheet_translations": (L, "within the digest of a sheet"),
    "sheet_versions": (L, "digest or commitment of each version"),
    "sheets": (C, "the version in force is the last"),
    "sponsors": (L, "each answer is an entry"),
    "staged_files": (P, "files of a form that could not be taken, for a day"),
    "stages": (L, "within the digest of a schedule"),
    "stored_files": (L, "named by the hash of their bytes, which is made again"),
    "subscribers": (P, "who wants news by mail"),
    "supports": (L, "commitment of each mark"),
    "take_backs": (P, "how far an import's undoing has come; each contribution has its entry"),
    "tally": (C, "counted again from the contributions"),
    "themes": (L, "within the digest of the call"),
    "trait_editions": (L, "digest of each edition"),
    "uploads": (P, "a table that is being looked at before it is taken in"),
    "verifications": (L, "each is an entry"),
}
"""By table: its place, and how or why."""

COLUMNS: dict[str, dict[str, str]] = {
    "consultations": {"revision": "rises with every change, so that kept pages are made anew"},
    "organizations": {"wished_on": "the day of a wish that nobody stands by yet"},
    "reasons": {"position": "in which order the desk offers them"},
    "trait_editions": {"members": "who was counted: by it the next step is known, and by nobody else"},
    "proposals": {"body_salt": "of no use: its versions have theirs"},
    "imports": {"source": "what the file was called", "started_at": "when it was given; it counts when it is approved"},
    "papers": {"folio_hash": "of a stub's code, which follows from the installation's secret"},
    "milestone_parties": {"organization_id": "of no use yet: who does it is written, not chosen from the list"},
    "announcements": {"reached": "how far the mail has come", "finished": "how far the mail has come"},
    "contributions": {"published_order": "a place, no time: of two at once either may be first"},
}
"""Columns of tables that are not private, that the check does not see, and why. An ``id`` is the name of a row within
the database: what points to it says what it is."""
