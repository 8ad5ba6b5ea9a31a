"""Every page that somebody can come to by following links: it opens, fits a phone, and axe finds nothing wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from browser_widths import DESK, PHONE

#: How often a page of one kind is opened by one player, and read by axe in all: another tells nothing new.
_EACH, _AXE = 1, 1


@pytest.fixture
def northtown(transactional_db: Any) -> Any:
    """The demonstration partnership, small."""
    del transactional_db
    from openoutcomes.web.demo.building import build

    return build(lambda *_: None, people=40)


def _links(visitor: Any, path: str, slug: str) -> Iterator[str]:
    found = visitor.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    for link in found:
        target = urlsplit(urljoin(path, link))
        is_page = target.path.startswith(f"/p/{slug}/") and "format=" not in target.query
        if not target.netloc and is_page and not link.startswith("#"):
            yield target.path + (f"?{target.query}" if target.query else "")


def _open(visitor: Any, path: str) -> int | None:
    """Open a page and return its status; None for a file, which is no page: scripts never run in one."""
    from playwright.sync_api import Error

    try:
        answer = visitor.page.goto(visitor.base + path)
        return int(answer.status) if answer.headers.get("content-type", "").startswith("text/html") else None
    except Error as error:
        if "Download is starting" in str(error):
            return None
        raise


def _follow(visitor: Any, slug: str, read: Counter[str]) -> tuple[list[str], int]:
    """Follow every link from the home page; return what is wrong, and how many pages were opened."""
    waiting, seen, kinds, wrong = [f"/p/{slug}/"], set(), Counter[str](), []
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
        visitor.page.set_viewport_size({"width": DESK, "height": 800})
        status = _open(visitor, path)
        if status is None:
            continue
        if status != 200:
            wrong.append(f"{path}: answers {status}")
            continue
        waiting += _links(visitor, path, slug)
        for width in (DESK, PHONE):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            if visitor.too_wide() > 0:
                wrong.append(f"{path}: {visitor.too_wide()} pixels too wide at {width}")
        read[kind] += 1
        if read[kind] <= _AXE:
            wrong += [f"{path}: {found}" for found in visitor.axe()]
        wrong += [f"{path}: the browser says {said}" for said in visitor.complaints]
        visitor.complaints.clear()
    return wrong, len(seen)


@pytest.mark.slow
def test_every_page_opens_fits_a_phone_and_can_be_read(visit: Any, northtown: Any) -> None:
    from django.test import Client

    from openoutcomes.web.accounts.models import User
    from openoutcomes.web.demo.cast import CAST

    read, wrong = Counter[str](), []
    for player in CAST:
        client = Client()
        client.force_login(User.objects.get(email=f"{player.key}@{northtown.slug}.example"))
        found, pages = _follow(visit(client), northtown.slug, read)
        wrong += [f"{player.key}: {one}" for one in found]
        assert pages > 1, player.key
    assert wrong == []
