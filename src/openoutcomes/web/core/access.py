"""What one signed-in person may do in one partnership, and how far it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from openoutcomes.web.core.permissions import MATRIX, Reach

if TYPE_CHECKING:
    from openoutcomes.web.accounts.models import User
    from openoutcomes.web.partnerships.models import Membership, Organisation, Partnership

#: Which reach is wider, for choosing between a person's several roles.
_WIDTH: dict[Reach, int] = {"partnership": 3, "party": 2, "organisation": 1, "self": 0}


@dataclass(frozen=True)
class Access:
    """A user's seat in a partnership: the memberships that hold now.

    ``checked`` collects the actions that were asked about, so that a command which forgot to ask is
    found out.
    """

    user: User
    partnership: Partnership
    memberships: tuple[Membership, ...]
    checked: set[str] = field(default_factory=set, compare=False)

    def _granting(self, action: str) -> list[tuple[Membership, Reach]]:
        rule = MATRIX[action]  # a name that is no action is a mistake in the code
        return [(m, rule[m.role]) for m in self.memberships if m.role in rule]

    def may(self, action: str) -> bool:
        """Say whether any role allows the action at all, however far it reaches."""
        return bool(self._granting(action))

    def reach(self, action: str) -> Reach | None:
        """Return the widest reach that any role gives for the action."""
        reaches = sorted((reach for _, reach in self._granting(action)), key=lambda reach: _WIDTH[reach])
        return reaches[-1] if reaches else None

    def organisation_ids(self, action: str) -> frozenset[int]:
        """Return the organisations (primary keys) in which the action is allowed below partnership reach."""
        return frozenset(
            m.organisation_id
            for m, reach in self._granting(action)
            if reach in ("organisation", "party") and m.organisation_id is not None
        )

    def roles(self) -> frozenset[str]:
        """Return the roles held."""
        return frozenset(m.role for m in self.memberships)

    def organisations(self) -> list[Organisation]:
        """Return the organisations that the roles are held in, each once, by name."""
        found = {m.organisation_id: m.organisation for m in self.memberships if m.organisation is not None}
        return sorted(found.values(), key=lambda organisation: organisation.name)

    def person_ids(self) -> frozenset[int]:
        """Return the people (primary keys) whose own account this is."""
        return frozenset(m.person_id for m in self.memberships if m.role == "person" and m.person_id)

    def allows(self, action: str, organisation: Organisation | int | None = None) -> bool:
        """Say whether the action is allowed, for an organisation where one is given."""
        reach = self.reach(action)
        if reach is None:
            return False
        if reach == "partnership" or organisation is None:
            return True
        key = organisation if isinstance(organisation, int) else organisation.pk
        return key in self.organisation_ids(action)

    def require(self, action: str, organisation: Organisation | int | None = None) -> None:
        """Raise PermissionDenied unless the action is allowed (for the organisation)."""
        self.checked.add(action)
        if not self.allows(action, organisation):
            raise PermissionDenied(action)

    def require_any(self, action: str, organisations: Iterable[Any]) -> None:
        """Raise PermissionDenied unless the action is allowed for at least one of the organisations."""
        self.checked.add(action)
        if self.reach(action) == "partnership":
            return
        if not any(self.allows(action, organisation) for organisation in organisations):
            raise PermissionDenied(action)
