"""Who acts: an account, its session and what it was granted."""

from __future__ import annotations

from dataclasses import dataclass

from consulta.models.accounts import RoleName, Sector


@dataclass(frozen=True)
class Granted:
    """A role as it is held."""

    role: RoleName
    consultation_id: int | None
    theme_id: int | None
    sector: Sector | None


@dataclass(frozen=True)
class Actor:
    """Whoever is signed in, with every role."""

    id: int
    email: str
    language: str
    session_id: int
    roles: tuple[Granted, ...]

    def roles_in(self, consultation_id: int, *names: RoleName) -> list[Granted]:
        """The roles of these names in one consultation."""
        return [r for r in self.roles if r.consultation_id == consultation_id and r.role in names]
