"""The command line's reference page, written from the commands themselves.

``make derived`` (or ``python -m openoutcomes.cli._reference``, in a checkout) writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperGroup

from openoutcomes.cli.app import app

PAGE = Path("docs/reference/cli.md")

#: Help is laid out at one width wherever the page is written, so that it comes out the same.
_WIDTH = 100

_OPENING = """\
# Commands

<!-- Written by `make derived` from the commands themselves: change their help, not this page. -->

Every command has `--help`. Results go to standard output; problems, notes and progress go to
standard error. With `--format json` the result is JSON and nothing else, with money as text.

| exit status | meaning |
| --- | --- |
| 0 | fine |
| 1 | the data has errors, which have been listed |
| 2 | the command was not used as it should be, or its input cannot be read |
| 130 | stopped with Ctrl-C |
| 141 | whoever was reading the output went away |
"""


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command's full name (``openoutcomes contract price``) and its help, in help order."""
    yield from _walk(typer.main.get_command(app), "openoutcomes", None)


# Typer keeps the types of commands and contexts to itself, hence Any.
def _walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    context = command.context_class(
        command, info_name=name.rpartition(" ")[2], parent=parent, terminal_width=_WIDTH,
        help_option_names=["--help", "-h"],
    )  # fmt: skip
    yield name, command.get_help(context)
    if isinstance(command, TyperGroup):
        for word in command.list_commands(context):
            inner = command.get_command(context, word)
            if inner is not None and not inner.hidden:
                yield from _walk(inner, f"{name} {word}", context)


def cli_page() -> str:
    """Return the reference page, in Markdown: each command's help under its full name."""
    parts = [_OPENING]
    for name, text in commands():
        level = "##" if name.count(" ") < 2 else "###"
        lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
        parts.append(f"{level} {name}\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page into the checkout this runs in."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(cli_page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
