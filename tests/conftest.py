"""What tests may need from outside the repository, said once and never passed over in silence.

A test marked ``needs_...`` is skipped where that thing is missing, and listed at the end under
"Not run here" with why and how to get it. ``OPENOUTCOMES_REQUIRE`` turns such skips into
failures: ``all``, or names of markers separated by commas.

``OPENOUTCOMES_DEPTH=deep`` (``make deep``) runs the tests marked ``slow`` and gives generative
tests many fresh examples; otherwise their examples are the same on every run. ``shallow`` gives them
few, for a run that only looks at which branches are tested (``make coverage``).
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DATA, REQUIRE, DEPTH = "OPENOUTCOMES_DATA", "OPENOUTCOMES_REQUIRE", "OPENOUTCOMES_DEPTH"
POSTGRES = "OPENOUTCOMES_TEST_DATABASE_URL"

pytest_plugins = ["web_world"]


def _why_no_data() -> str:
    """Return why the real data cannot be used, or nothing when it can."""
    folder = os.environ.get(DATA, "")
    if not folder:
        return f"{DATA} is not set"
    return "" if Path(folder).is_dir() else f"{DATA} is {folder!r}, which is not a folder"


def _why_no_browser() -> str:
    """Return why no browser can be driven, or nothing when one can."""
    return "" if browser() else "no chromium is on the path"


def browser() -> str | None:
    """Return the path of the browser that tests drive."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


def _why_no_postgres() -> str:
    return "" if os.environ.get(POSTGRES, "").startswith("postgres") else f"{POSTGRES} is not set"


def _why_not_deep() -> str:
    return "" if os.environ.get(DEPTH) == "deep" else f"{DEPTH} is not 'deep'"


@dataclass(frozen=True)
class Need:
    """Something a test may need: what it is, how to get it, and why it is missing (if it is)."""

    what: str
    how: str
    why_missing: Callable[[], str]
    can_be_required: bool = True


NEEDS = {
    "needs_data": Need(
        what="real data from outside the repository",
        how=f"set {DATA} to the folder that holds it, then run the tests again",
        why_missing=_why_no_data,
    ),
    "needs_browser": Need(
        what="a real browser",
        how="install Debian's package chromium, then run the tests again",
        why_missing=_why_no_browser,
    ),
    "needs_postgres": Need(
        what="a real PostgreSQL",
        how=f"set {POSTGRES} to the address of one where databases may be made, then run the tests again",
        why_missing=_why_no_postgres,
    ),
    "slow": Need(
        what="depth beyond the everyday run",
        how="make deep",
        why_missing=_why_not_deep,
        can_be_required=False,
    ),
}

_NOT_RUN = pytest.StashKey[Counter[str]]()

settings.register_profile(
    "everyday", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "deep", deadline=None, max_examples=2_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("shallow", settings.get_profile("everyday"), max_examples=10)


def _required() -> frozenset[str]:
    """Return the markers whose absence is a failure; refuse names that no test could carry."""
    named = frozenset(word.strip() for word in os.environ.get(REQUIRE, "").split(",") if word.strip())
    may_be = frozenset(name for name, need in NEEDS.items() if need.can_be_required)
    if named == {"all"}:
        return may_be
    if named - may_be:
        raise pytest.UsageError(
            f"{REQUIRE} names {', '.join(sorted(named - may_be))};"
            f" it may be 'all' or any of: {', '.join(sorted(may_be))}"
        )
    return named


def pytest_configure(config: pytest.Config) -> None:
    depth = os.environ.get(DEPTH, "")
    settings.load_profile(depth if depth in {"deep", "shallow"} else "everyday")
    config.stash[_NOT_RUN] = Counter()
    _required()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the data needs the data, whether or not it says so."""
    for item in items:
        if "data_dir" in getattr(item, "fixturenames", ()):
            item.add_marker("needs_data")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, need in NEEDS.items():
        if item.get_closest_marker(name) is None:
            continue
        why = need.why_missing()
        if why and name in _required():
            pytest.fail(f"{need.what}: {why}, and {REQUIRE} asks for it; {need.how}", pytrace=False)
        if why:
            item.config.stash[_NOT_RUN][name] += 1
            pytest.skip(f"{name}: {why}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    not_run = config.stash[_NOT_RUN]
    if not not_run:
        return
    terminalreporter.section("Not run here")
    for name, count in sorted(not_run.items()):
        need = NEEDS[name]
        tests = f"{count} test" if count == 1 else f"{count} tests"
        terminalreporter.write_line(f"{tests} marked {name}: {need.what}")
        terminalreporter.write_line(f"  why: {need.why_missing()}")
        terminalreporter.write_line(f"  how: {need.how}")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data; where there is none, a test that asks for it never starts."""
    return Path(os.environ[DATA])
