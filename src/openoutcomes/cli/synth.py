"""``openoutcomes synth``: a made-up data set under a contract."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openoutcomes.cli import _output, contract


class Kind(StrEnum):
    """The files to write."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


def synth(
    terms_file: Annotated[
        Path,
        typer.Argument(metavar="CONTRACT", help="Terms in YAML, or the name of a contract in the library."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="New folder (or .xlsx workbook) to write.")
    ],
    people: Annotated[
        int | None, typer.Option("--people", min=1, help="How many people; usually what the profile says.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed gives the same data set, to the byte.")
    ] = 1,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="FILE",
            help="Rates and timings in YAML, or the name of a profile that comes with the package; "
            "left out, they are derived from the terms.",
        ),
    ] = None,
    form: Annotated[Kind, typer.Option("--format", help="The files to write.")] = Kind.csv,
    settings: contract.Settings = None,
) -> None:
    """Make a data set of people who do not exist, as a contract might record them.

    For demos, training, forecasts and tests of scale; never evidence about anyone. Leaves with
    status 2 when the terms or the profile have a mistake, or DIR is there already.
    """
    from openoutcomes.standard.writing import check_target
    from openoutcomes.synth.brief import Brief
    from openoutcomes.synth.defaults import derive
    from openoutcomes.synth.making import make
    from openoutcomes.synth.profile_file import load_profile

    terms = contract._terms(terms_file, settings, assume=True)
    brief = Brief(terms)
    chosen = load_profile(profile, brief) if profile is not None else derive(brief)
    # A million people take a minute: better to refuse the folder before than after.
    check_target(out, form.value)
    with _output.progress() as progress:
        made = make(terms, people or chosen.people, seed, chosen, progress)
        made.write(out, form.value, progress)
    rows = [(code, f"{count:,}") for code, count in made.counts().items()]
    _output.print_text(f"{made.people:,} made-up people under {terms.name}, seed {seed}: {out}")
    if rows:
        _output.print_text("\n" + _output.table_text(("outcome", "people"), rows, right=(1,)))
    if rows and not any(made.counts().values()):
        _output.note(
            "Warning: nobody achieved anything, since nobody could under these terms. "
            "Check the profile's ages and starts against the terms' runs and who."
        )
