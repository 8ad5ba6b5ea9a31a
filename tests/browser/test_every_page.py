"""Every page that a role can come to by following links: it opens, fits a phone, and axe finds nothing wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from browser_widths import DESK, PHONE

#: The most pages opened of one kind: after two people, a third tells nothing new.
_EACH = 2


@pytest.fixture
def northtown(transactional_db: Any) -> Any:
    """The demonstration partnership, small."""
    del transactional_db
    from openoutcomes.web.demo.building import build

    return build(lambda *_: None, people=40)


def _players() -> list[str]:
    from openoutcomes.web.demo.cast import CAST

    return [player.key for player in CAST]


@pytest.mark.parametrize("player", _players())
def test_every_page_opens_fits_and_can_be_read(visit: Any, northtown: Any, player: str) -> None:
    from django.test import Client

    from openoutcomes.web.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email=f"{player}@{northtown.slug}.example"))
    visitors = {width: visit(client, width) for width in (PHONE, DESK)}
    waiting, seen, kinds, wrong = [f"/p/{northtown.slug}/"], set(), Counter[str](), []
    while waiting:
        path = waiting.pop(0)
        try:
            kind = resolve(urlsplit(path).path).view_name
        except Resolver404:
            wrong.append(f"{path}: leads nowhere")
            continue
        if path in seen or kinds[kind] >= _EACH:
            continue
        seen.add(path)
        kinds[kind] += 1
        for width, visitor in visitors.items():
            answer = visitor.go(path)
            if answer is None or answer.status != 200:
                wrong.append(f"{path}: answers {answer and answer.status}")
                break
            if visitor.too_wide() > 0:
                wrong.append(f"{path}: {visitor.too_wide()} pixels too wide at {width}")
            wrong += [f"{path} at {width}: {found}" for found in visitor.axe()]
            wrong += [f"{path}: the browser says {said}" for said in visitor.complaints]
            visitor.complaints.clear()
        else:
            links = visitors[DESK].page.eval_on_selector_all(
                "a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            for link in links:
                target = urlsplit(urljoin(path, link))
                is_page = target.path.startswith(f"/p/{northtown.slug}/") and "format=" not in target.query
                if not target.netloc and is_page and not link.startswith("#"):
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    assert wrong == []
    assert len(seen) > 1
