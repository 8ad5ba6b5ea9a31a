"""The guides are true: every command they show is run, and must print what they show.

On a page in docs/guides, or one that says ``<!-- the commands here are run by the tests -->``:

- a block with a title (three backticks, ``yaml title="terms.yaml"``) is a file the reader has made;
- in a ``console`` block, a line with ``$`` is a command and the lines after it are its output,
  up to the next command. ``>`` carries on a long command, and ``...`` stands for any lines.

Commands of a page run in order, in one empty folder. Those that set up a machine are not run.
``python tests/spec/guides/test_guides.py`` writes what the commands print now into the pages
(except where there are ``...``), for review.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
MARK = "<!-- the commands here are run by the tests -->"
PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if page.parent == DOCS / "guides" or MARK in page.read_text(encoding="utf-8")
)
RUNNABLE = {"openoutcomes", "cat", "cp", "head", "ls", "mkdir", "sed"}

_BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass
class Step:
    """A file to make, or a command with the output it is said to have."""

    start: int  # where the output begins in the page
    title: str
    command: str
    text: str


def steps(page: str) -> Iterator[Step]:
    for block in _BLOCK.finditer(page):
        body, start = block["body"], block.start("body")
        if block["title"]:
            yield Step(start, block["title"], "", body)
        elif block["language"] == "console":
            for shown in re.finditer(
                r"^\$ (?P<command>.*\n(?:> .*\n)*)(?P<output>(?:(?!\$ ).*\n)*)", body, re.MULTILINE
            ):
                command = shown["command"].replace("\n> ", "\n").strip()
                if command.split()[0] in RUNNABLE:
                    yield Step(start + shown.start("output"), "", command, shown["output"])


def run(command: str, folder: Path) -> str:
    """Return what a terminal would show for ``command``."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return done.stdout


def follow(page: str, folder: Path) -> Iterator[tuple[Step, str]]:
    """Do all that a page says, in order; yield each command with what it printed."""
    for step in steps(page):
        if step.title:
            path = folder / step.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        else:
            yield step, run(step.command, folder)


def agrees(shown: str, printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line) + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_guide_shows_what_its_commands_print(page: Path, tmp_path: Path) -> None:
    for step, printed in follow(page.read_text(encoding="utf-8"), tmp_path):
        if not agrees(step.text, printed):
            assert printed == step.text, f"after: $ {step.command}"


def links(page: Path) -> set[Path]:
    found = re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8"))
    return {(page.parent / link).resolve() for link in found}


def test_the_first_page_leads_to_every_page_of_the_contents() -> None:
    """By itself, or through the index page of a folder."""
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    pages = {DOCS / name for name in re.findall(r": ([\w/-]+\.md)$", contents, re.MULTILINE)}
    assert len(pages) > 10
    reached = links(DOCS / "index.md") | {DOCS / "index.md"}
    for page in [page for page in reached if page.name == "index.md"]:
        reached |= links(page)
    assert {str(page.relative_to(DOCS)) for page in pages - reached} == set()


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\n", False),
        ("", "Traceback\n", False),
    ],
)
def test_what_is_shown_must_be_what_is_printed(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same


def write_pages() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            results = list(follow(text, Path(folder)))
        for step, printed in reversed(results):
            if not agrees(step.text, printed):
                print(f"{page.relative_to(ROOT)}: $ {step.command}")  # noqa: T201
            if "...\n" not in step.text:
                text = text[: step.start] + printed + text[step.start + len(step.text) :]
        page.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_pages()
