"""The permission matrix as a page of the documentation, written from its data."""

from __future__ import annotations

import sys
from pathlib import Path

from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, MATRIX, ROLES

PAGE = Path("docs/run/permissions.md")
_REACH = {"partnership": "all", "organisation": "own", "party": "party", "self": "self"}


def permissions_page() -> str:
    """Return the page: what each role is for, and the matrix by noun."""
    lines = [
        "# Who may do what",
        "",
        "<!-- written by `make derived` from src/openoutcomes/web/core/permissions.py: change it there -->",
        "",
        "A role that is blank for an action may not do it. Every cell is tested through the pages themselves, with ids",
        "that were guessed, from other partnerships, and after a seat has ended.",
        "",
        "| role | what it is for | held in |",
        "| --- | --- | --- |",
    ]
    for role, (name, purpose) in ROLES.items():
        where = "an organisation" if role in IN_AN_ORGANISATION else "the partnership"
        lines.append(f"| {name} | {purpose} | {where} |")
    lines += [
        "",
        "How far a permission reaches:",
        "",
        "- **all**: everything of the partnership;",
        "- **own**: what belongs to the organisation that the role is held in, and people whom it may see;",
        "- **party**: contracts that the organisation is a party to, with their claims and payments;",
        "- **self**: one's own record.",
        "",
    ]
    names = [name for name, _ in ROLES.values()]
    nouns = dict.fromkeys(action.partition(".")[0] for action in MATRIX)
    for noun in nouns:
        lines += [
            f"## {noun.capitalize()}",
            "",
            f"| action | {' | '.join(names)} |",
            f"| --- |{' --- |' * len(names)}",
        ]
        for action, rule in MATRIX.items():
            if action.partition(".")[0] == noun:
                cells = [_REACH[rule[role]] if role in rule else "" for role in ROLES]
                lines.append(f"| {action.partition('.')[2].replace('_', ' ')} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(permissions_page(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE}.\n")
