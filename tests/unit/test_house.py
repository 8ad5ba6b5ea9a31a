"""The house keeps its own rules: rooms, docstrings, documented commands, clean files."""

import ast
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from openoutcomes import __version__
from openoutcomes.cli import _reference

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "openoutcomes"
ROOMS = sorted(path for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py")))
#: Migrations are written by Django.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TARGETS = [
    "demo",
    "demo-stop",
    "test",
    "test-web-sqlite",
    "check",
    "deep",
    "bench",
    "lock",
    "docs",
    "derived",
    "help",
]

#: What must not be in any tracked file. Spelled so that this file does not contain it.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:root|home|Users|work|opt)/\w"),
    "a folder beside the checkout": re.compile(r"\.\./(?:shared|work)\b"),
    "the address of a package index": re.compile(
        r"pypi[.]org|python" + r"hosted|/simple/[a-z]|index[-_]url\s*="
    ),
    "a key or a password": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE"
        r"|\bAKIA[0-9A-Z]{16}\b"
        r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
        r"|(?i:\b(?:password|secret|api_?key|token)\s*[=:]\s*['\"][^'\"\s]{8,}['\"])"
    ),
}
#: The one place that may look beside the checkout, for real data on the build machine.
ALLOWED = {(".ci/run", "a folder beside the checkout")}


def settings() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_in_a_line_or_two_what_it_is_for(room: Path) -> None:
    lines = [line for line in (room / "README.md").read_text(encoding="utf-8").split("\n") if line.strip()]
    assert 1 <= len(lines) <= 2


def test_every_room_has_a_place_in_the_layers_and_every_place_a_room() -> None:
    contracts = settings()["tool"]["importlinter"]["contracts"]  # type: ignore[index]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "house")
    named = {room.strip() for layer in layers for room in layer.split("|")}
    assert named == {room.name for room in ROOMS}


def undocumented(holder: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in holder.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        is_overload = any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)
        if ast.get_docstring(node) is None and not is_overload:
            yield f"{node.name}, line {node.lineno}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_everything_public_is_documented_where_it_is_written(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) is not None
    assert list(undocumented(tree)) == []


def test_the_command_reference_is_up_to_date() -> None:
    written = (ROOT / _reference.PAGE).read_text(encoding="utf-8")
    assert written == _reference.cli_page(), "run: make derived"


def test_every_command_is_shown_in_use_in_a_guide() -> None:
    pages = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "docs").rglob("*.md")
        if path != ROOT / _reference.PAGE
    ]
    usable = [name for name, text in _reference.commands() if " COMMAND [ARGS]" not in text]
    missing = [name for name in usable if not any(name in page for page in pages)]
    assert missing == [], "show these in a page under docs/"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("target", TARGETS)
def test_every_promised_make_command_exists_and_is_listed(target: str) -> None:
    dry = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert dry.returncode == 0, dry.stderr
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^  {target} +\w", listed, re.MULTILINE)


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: nothing says what is tracked")
def test_no_file_gives_away_a_machine_an_index_or_a_secret() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a workbook, an image, or a test's deliberately bad file
        name = path.relative_to(ROOT).as_posix()
        for what, pattern in FORBIDDEN.items():
            match = pattern.search(text)
            if match and (name, what) not in ALLOWED:
                found.append(f"{name}: {what}: {match[0]}")
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of somebody's machine", "see " + "/home" + "/ada/data"),
        ("a folder beside the checkout", ".." + "/shared/data"),
        ("the address of a package index", "https://" + "pypi" + ".org/project/x"),
        ("a key or a password", "password" + " = 'correct horse'".replace(" horse", "-horse")),
        ("a key or a password", "AKIA" + "ABCDEFGHIJKLMNOP"),
    ],
)
def test_the_search_for_forbidden_words_finds_them(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


def test_every_decision_is_in_the_journal() -> None:
    folder = ROOT / "docs" / "decisions"
    journal = (folder / "index.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records
    assert [name for name in records if f"]({name})" not in journal] == []
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_build_run_can_be_started_and_read() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
