"""The locks hold every dependency, with hashes, and say nothing of where they were made."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: One line of a lock file: a pinned package, perhaps only for some machines, or a hash of one of its files.
_CONDITION = r"[a-z_]+ [<>=!]+ '[^']+'"
LOCK_LINE = re.compile(
    r"(?P<name>[a-z0-9.-]+)(?:\[[a-z0-9, -]+\])?==(?P<version>[0-9][0-9a-z.]*)"
    rf"( ; {_CONDITION}( (and|or) {_CONDITION})*)? \\"
    r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_pins_and_hashes_and_nothing_else(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LOCK_LINE.fullmatch(line)] == []
    pinned = [index for index, line in enumerate(lines) if "==" in line]
    assert pinned
    assert all("--hash=" in lines[index + 1] for index in pinned)


def pins(name: str) -> set[str]:
    return {
        f"{match['name']}=={match['version']}"
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if (match := LOCK_LINE.fullmatch(line)) and match["name"]
    }


def test_extras_are_pinned_with_their_names() -> None:
    """pip 23, which comes with Python 3.11, takes an extra that no line names at its newest version."""
    command = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--no-strip-extras" in command
    assert "\ncoverage[toml]==" in (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")


def test_what_is_tested_is_what_is_run() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_dependency_is_locked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = declared["dependency-groups"]
    wanted = {
        "requirements.lock": [*declared["project"]["dependencies"], *groups["build"]],
        "requirements-dev.lock": [word for word in groups["dev"] if isinstance(word, str)],
    }
    for name, requirements in wanted.items():
        locked = {pin.partition("==")[0] for pin in pins(name)}
        needed = {re.split(r"[<>=!~\[; ]", word)[0].lower().replace("_", "-") for word in requirements}
        assert needed <= locked, "run: make lock"


@pytest.mark.parametrize("pin", sorted(pins("requirements.lock")))
def test_no_library_asks_users_to_publish_their_own_code(pin: str) -> None:
    try:
        about = metadata(pin.partition("==")[0])
    except PackageNotFoundError:
        pytest.skip("this pin is for another kind of machine")
    fields = {name: about.get_all(name) or [] for name in ("License-Expression", "License", "Classifier")}
    licences = fields["License-Expression"] + [text.split("\n")[0] for text in fields["License"]]
    licences += [line for line in fields["Classifier"] if line.startswith("License ::")]
    assert any(licences), "no licence is stated"
    assert [words for words in licences if re.search(r"\bA?GPL|Affero|GNU General", words)] == []
