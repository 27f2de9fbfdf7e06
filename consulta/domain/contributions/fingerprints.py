"""What stands in the ledger for everything about a contribution that may have to be erased, or is internal."""

from __future__ import annotations

from typing import Any

from consulta.domain.ledger import log as ledger


def of_row(row: dict[str, Any]) -> dict[str, str]:
    """The commitment of every erasable or internal field, from a row that joins a contribution with its tables."""
    return {field: ledger.fingerprint(row[f"{field}_salt"], value) for field, value in values(row).items()}


def values(row: dict[str, Any]) -> dict[str, Any]:
    """The value behind each commitment; ``intake`` gathers what is internal and never erased."""
    return {
        "title": row["title"],
        "body": row["body"],
        "department": row["department"],
        "intake": [
            row["submission_hash"].hex() if row["submission_hash"] else None,
            row["folio_hash"].hex() if row["folio_hash"] else None,
            row["content_hash"].hex() if row["content_hash"] else None,
            row["held_cause"],
            row["source"],
            row["external_id"],
            row["import_id"],
        ],
        "name": [row["name"], bool(row["publish_name"])],
        "email": [row["email"], row["mail_language"]],
        "taking_part_as": row["taking_part_as"],
        "age_group": row["age_group"],
        "gender": row["gender"],
        "language": row["language"],
    }
