"""``{% tied access "barrier" barrier.barrier_id %}``: what a thing is linked to, on its page."""

from __future__ import annotations

from typing import Any

from django import template

from openoutcomes.web.core.access import Access
from openoutcomes.web.meetings.queries import decisions_on
from openoutcomes.web.ties.queries import tied_to

register = template.Library()
#: How many decisions on a thing are shown, the latest first.
_DECISIONS = 10


@register.inclusion_tag("ties/tied.html")
def tied(access: Access, kind: str, key: str) -> dict[str, Any]:
    """Show what belongs with a thing and what meetings decided on it, and let those who may link more."""
    return {
        "things": tied_to(access, kind, key),
        "decisions": list(decisions_on(access, kind, key)[:_DECISIONS])
        if access.may("meetings.view")
        else [],
        "kind": kind,
        "key": key,
        "slug": access.partnership.slug,
        "may": access.may("ties.manage"),
    }
