"""A real browser on the real pages: Debian's Chromium, driven by Playwright, at two widths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from browser_widths import DESK


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("needs_browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once."""
    from playwright.sync_api import sync_playwright

    from conftest import browser  # the path of the browser is found in one place

    # Playwright's own loop runs in this thread; Django would take every query here for a mistake.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser(), args=arguments)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def _is_govuk_reveal(finding: dict[str, Any]) -> bool:
    """Say whether a finding is only that GOV.UK Frontend tells of a field that a radio button reveals.

    It puts aria-expanded on the radio button, knowing that the specification has no place for it: screen readers
    say it, and people are helped by it.
    """
    return finding["id"] == "aria-allowed-attr" and all(
        "govuk-radios__input" in node["html"] and "aria-controls" in node["html"] for node in finding["nodes"]
    )


@dataclass
class Visitor:
    """Somebody with a browser: goes to pages, and remembers what the browser complained of."""

    page: Any
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a page and wait until it rests."""
        answer = self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return answer

    def axe(self) -> list[str]:
        """Return what axe finds wrong with the page for people with disabilities."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        found = [one for one in found if not _is_govuk_reveal(one)]
        return [
            f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found
        ]

    def too_wide(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Any]:
    """Make a visitor: ``visit(client, width)``, signed in as the test client is."""
    opened = []

    def make(client: Any = None, width: int = DESK, *, scripts: bool = True) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        if client is not None:
            value = client.cookies["oo-session"].value
            context.add_cookies([{"name": "oo-session", "value": value, "url": live_server.url}])
        visitor = Visitor(context.new_page(), live_server.url)
        visitor.page.on(
            "console",
            lambda message: (
                visitor.complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        opened.append(context)
        return visitor

    yield make
    for context in opened:
        context.close()
