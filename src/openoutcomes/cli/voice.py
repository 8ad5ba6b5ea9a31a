"""``openoutcomes voice``: draw a sample, see who was heard, weight, estimate, compare coders, rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openoutcomes.cli._output import note, print_json, print_text, printable, table_text
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.voice import Answer, Coefficients, Estimate, Tally
    from openoutcomes.voice.files import SampleFile

app = typer.Typer(
    help="Listen well: draw a sample, see who was heard, weight, estimate, compare coders, rank stories.",
    no_args_is_help=True,
)


class Format(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"
    csv = "csv"


class Allocation(StrEnum):
    """The rules of allocation."""

    proportional = "proportional"
    equal = "equal"
    square_root = "square-root"
    neyman = "neyman"


class Interval(StrEnum):
    """The intervals of a proportion."""

    korn_graubard = "korn-graubard"
    logit = "logit"
    wilson = "wilson"


class Kind(StrEnum):
    """What is estimated."""

    proportion = "proportion"
    mean = "mean"
    total = "total"


class Unranked(StrEnum):
    """What a story left out of a ballot means."""

    last = "last"
    no_opinion = "no-opinion"


Form = Annotated[Format, typer.Option("--format", help="How to print the result.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Also write this new CSV file, to work on.")
]
SampleIn = Annotated[Path, typer.Argument(metavar="SAMPLE", help="A sample file with outcomes filled in.")]
Level = Annotated[float, typer.Option("--level", help="How sure an interval is to be.")]


@app.command()
def sample(
    frame_file: Annotated[
        Path,
        typer.Argument(metavar="FRAME", help="CSV with a row for everybody who was offered help."),
    ],
    *,
    by: Annotated[
        str, typer.Option("--by", metavar="FIELDS", help="Fields that make the strata: stage,provider.")
    ],
    size: Annotated[int, typer.Option("--size", help="How many people to draw.")],
    seed: Annotated[
        int, typer.Option("--seed", help="A number said beforehand; the same one draws the same people.")
    ],
    rule: Annotated[
        Allocation, typer.Option("--rule", help="How the strata share the sample.")
    ] = Allocation.proportional,
    minimum: Annotated[int, typer.Option("--minimum", help="At least so many from each stratum.")] = 0,
    spread_from: Annotated[
        str | None,
        typer.Option("--spread-from", metavar="FIELD", help="For neyman: a number known of everybody."),
    ] = None,
    reserves: Annotated[
        int | None,
        typer.Option("--reserves", help="At most so many reserves in each stratum; all if left out."),
    ] = None,
    keep: Annotated[
        str, typer.Option("--keep", metavar="FIELDS", help="Further fields to carry into the sample file.")
    ] = "",
    id_field: Annotated[
        str, typer.Option("--id", metavar="FIELD", help="The field with the id.")
    ] = "person_id",
    out: Out = None,
    form: Form = Format.text,
) -> None:
    """Draw a stratified sample that anybody can draw again, with reserves in order."""
    from openoutcomes.voice import draw_sample, files

    fields, kept = _names(by), _names(keep)
    frame, table = files.read_frame(frame_file, by=fields, keep=kept, id_field=id_field)
    spread = None
    if spread_from is not None:
        spread = files.spreads(frame, spread_from, table)
    drawn = draw_sample(
        frame, size, seed=seed, rule=rule.value, minimum=minimum, spread=spread, reserves=reserves
    )
    text = files.csv_text(*files.sample_rows(drawn, kept))
    if out is not None:
        files.write_new(out, text)
    for plan in drawn.plan:
        if plan.drawn == 0:
            note(f"Warning: nobody is drawn from {printable(plan.stratum)}: no figure can speak of them.")
        elif plan.drawn == 1 < plan.size:
            note(
                f"Warning: one person alone from {printable(plan.stratum)} cannot show how far people there differ."
            )
    if form is Format.csv:
        print_text(text)
    elif form is Format.json:
        columns, rows = files.sample_rows(drawn, kept)
        print_json(
            {
                "seed": drawn.seed,
                "rule": drawn.rule,
                "size": size,
                "minimum": minimum,
                "by": list(drawn.by),
                "method": drawn.method,
                "frame": drawn.fingerprint,
                "strata": [{**asdict(each), "probability": float(each.probability)} for each in drawn.plan],
                "people": [dict(zip(columns, row, strict=True)) for row in rows],
            }
        )
    else:
        lines = [
            (each.stratum, f"{each.size:,}", f"{each.drawn:,}", f"{float(each.probability):.4f}")
            for each in drawn.plan
        ]
        whole = ("all", f"{len(frame):,}", f"{size:,}", "")
        print_text(
            f"{size:,} of {len(frame):,} people, {rule.value}, seed {seed}, frame {drawn.fingerprint[:12]}"
        )
        print_text(
            "\n"
            + table_text(("stratum", "people", "drawn", "chance of each"), [*lines, whole], right=(1, 2, 3))
        )
    if out is not None:
        note(f"Wrote {printable(str(out))}.")


@app.command()
def response(sample_file: SampleIn, *, form: Form = Format.text) -> None:
    """Say who was heard, who declined and who was not reached, by stratum and route.

    Response rate 1 of the American Association for Public Opinion Research: heard out of
    everybody invited and not found to be ineligible.
    """
    from openoutcomes.voice import files
    from openoutcomes.voice import response as count

    read = files.read_sample(sample_file)
    found = count(read.cases, read.sizes)
    rows = [
        *(("stratum", name, tally) for name, tally in found.by_stratum.items()),
        *(("route", name, tally) for name, tally in found.by_route.items()),
        ("all", "all", found.total),
    ]
    if form is Format.json:
        both = found.by_stratum_and_route.items()
        print_json(
            {
                "total": _tally(found.total),
                "strata": {name: _tally(tally) for name, tally in found.by_stratum.items()},
                "routes": {name: _tally(tally) for name, tally in found.by_route.items()},
                "strata_and_routes": [
                    {"stratum": stratum, "route": route, **_tally(tally)} for (stratum, route), tally in both
                ],
                "nobody_heard_in": list(found.unheard),
            }
        )
    elif form is Format.csv:
        columns = ("group", "name", *_tally(found.total))
        _print_csv(columns, [(group, name, *_tally(tally).values()) for group, name, tally in rows])
    else:
        shown = [
            (
                name if group != "route" else f"by {name}",
                *(f"{count:,}" for count in (tally.invited, tally.heard, tally.partly, tally.declined)),
                *(
                    f"{count:,}"
                    for count in (tally.not_reached, tally.other, tally.not_eligible, tally.waiting)
                ),
                _percent(tally.response_rate),
            )
            for group, name, tally in rows
        ]
        headers = (
            "", "invited", "heard", "partly", "declined", "not reached", "other", "not eligible", "waiting", "rate",
        )  # fmt: skip
        print_text(table_text(headers, shown, right=range(1, 10)))
        _say((f"Nobody was heard in {name}." for name in found.unheard), form)


@app.command()
def weights(
    sample_file: SampleIn,
    *,
    classes: Annotated[
        str,
        typer.Option(
            "--classes", metavar="FIELDS", help="Fields that make classes of response; strata if left out."
        ),
    ] = "",
    totals: Annotated[
        Path | None, typer.Option("--totals", metavar="FILE", help="CSV of field, value, people to rake to.")
    ] = None,
    trim: Annotated[
        str,
        typer.Option("--trim", metavar="LEAST,MOST", help="Hold weights to so many times their mean: 0.3,3."),
    ] = "",
    leave_out_unheard: Annotated[
        bool,
        typer.Option("--leave-out-unheard", help="Leave out classes in which nobody was heard, and say so."),
    ] = False,
    out: Out = None,
    form: Form = Format.text,
) -> None:
    """Weight everybody heard, and say what the weights cannot make good.

    Leaves with status 2 where a class has nobody to stand for it, or raking does not settle.
    """
    from openoutcomes.voice import files, weigh

    read = files.read_sample(sample_file)
    weighted = weigh(
        read.cases,
        read.sizes,
        classes=_names(classes) or None,
        totals=files.read_totals(totals) if totals is not None else None,
        limits=_limits(trim) if trim else None,
        leave_out_unheard=leave_out_unheard,
    )
    if weighted.raking is not None and not weighted.raking.converged:
        what = f"Raking did not settle: after {weighted.raking.rounds:,} rounds a total is {weighted.raking.furthest:.1%} away."
        raise InputError(
            Problem(what, "Use fewer totals or wider groups.", str(totals or ""), code="not-settled")
        )
    columns, rows = files.weight_rows(read.table, weighted)
    text = files.csv_text(columns, rows)
    if out is not None:
        files.write_new(out, text)
    if form is Format.csv:
        print_text(text)
        _say(weighted.statement, form)
    elif form is Format.json:
        print_json(
            {
                "people": [
                    {
                        "person_id": each.id,
                        "stratum": each.stratum,
                        "design": float(each.design),
                        "response": float(each.response),
                        "raked": each.raked,
                        "weight": each.final,
                    }
                    for each in weighted.people
                ],
                "effective_size": weighted.effective_size,
                "design_effect": weighted.design_effect,
                "trimmed": weighted.trimmed,
                "raking_rounds": weighted.raking.rounds if weighted.raking else None,
                "left_out": list(weighted.left_out),
                "statement": list(weighted.statement),
            }
        )
    else:
        shown = []
        for name in sorted({each.stratum for each in weighted.people}):
            held = [each.final for each in weighted.people if each.stratum == name]
            numbers = (min(held), max(held), sum(held))
            shown.append((name, f"{len(held):,}", *(f"{number:,.2f}" for number in numbers)))
        print_text(
            table_text(("stratum", "heard", "least weight", "most", "stand for"), shown, right=range(1, 5))
        )
        _say(weighted.statement, form)
    if out is not None:
        note(f"Wrote {printable(str(out))}.")


@app.command()
def estimate(
    weights_file: Annotated[Path, typer.Argument(metavar="WEIGHTS", help="What voice weights wrote.")],
    *,
    of: Annotated[str, typer.Option("--of", metavar="FIELD", help="The question.")],
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="CSV of person_id and answers; else in WEIGHTS."),
    ] = None,
    kind: Annotated[Kind, typer.Option("--kind", help="What to estimate.")] = Kind.proportion,
    yes: Annotated[
        list[str] | None,
        typer.Option("--yes", help="Answers to count as yes (may be given again); each if left out."),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="FIELD", help="Also for each value of this field.")] = "",
    method: Annotated[
        Interval, typer.Option("--method", help="The interval of a proportion.")
    ] = Interval.korn_graubard,
    level: Level = 0.95,
    at_least: Annotated[
        int, typer.Option("--at-least", help="No figure from fewer people; never under 5.")
    ] = 5,
    form: Form = Format.text,
) -> None:
    """Estimate a share, a mean or a total for everybody in the frame, with its interval."""
    from openoutcomes.voice import estimate_mean, estimate_proportion, estimate_total, files

    read = files.read_sample(weights_file)
    said = _answers(read, weights_file, answers, of)
    if by and by not in read.table.columns:
        what = f"There is no column {by}."
        raise InputError(
            Problem(what, f"The columns are {', '.join(read.table.columns)}.", str(weights_file), 1, field=by)
        )
    found: list[tuple[str, str, Estimate]] = []
    for group, inside in _groups(read, by):
        for wanted in _wanted(kind, yes, said):
            rows = _rows(read, said, inside, wanted, (answers or weights_file, of))
            if kind is Kind.proportion:
                result = estimate_proportion(
                    rows, read.sizes, level=level, method=method.value, at_least=at_least
                )
            elif kind is Kind.mean:
                result = estimate_mean(rows, read.sizes, level=level, at_least=at_least)
            else:
                result = estimate_total(rows, read.sizes, level=level, at_least=at_least)
            found.append((group, " or ".join(wanted), result))
    if form is Format.json:
        print_json(
            {
                "question": of,
                "estimates": [
                    {"group": group, "answer": answer, **asdict(each)} for group, answer, each in found
                ],
            }
        )
        return
    columns = ("group", "answer", "heard", kind.value, "low", "high", "standard error")
    if form is Format.csv:
        _print_csv(
            columns,
            [
                (group, answer, each.n, each.value, each.low, each.high, each.se)
                for group, answer, each in found
            ],
        )
    else:
        scale, places = (100, 1) if kind is Kind.proportion else (1, 2)
        shown = [
            (group, answer, each.n, *(
                "" if number is None else f"{number * scale:,.{places}f}"
                for number in (each.value, each.low, each.high, each.se)
            ))
            for group, answer, each in found
        ]  # fmt: skip
        unit = " (in 100)" if kind is Kind.proportion else ""
        print_text(
            f"{printable(of)}: {kind.value}{unit}, {level:.0%} interval {found[0][2].method or 'withheld'}"
        )
        print_text("\n" + table_text(columns, shown, right=range(2, 7)))
    cautions = (
        caution if group == "everybody" else f"{group}: {caution}"
        for group, _, each in found
        for caution in (*each.cautions, *([each.withheld] if each.withheld else []))
    )
    _say(cautions, form)


@app.command()
def agreement(
    codes: Annotated[
        Path,
        typer.Argument(metavar="CODES", help="CSV of unit_id, coder, theme: a row for each theme given."),
    ],
    *,
    level: Level = 0.95,
    resamples: Annotated[
        int, typer.Option("--resamples", help="Of the bootstrap of alpha; 0 for none.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 1,
    form: Form = Format.text,
) -> None:
    """Compare people who coded the same notes, theme by theme, and list what they must settle.

    A row with a blank theme says that the coder read the unit and no theme applied.
    """
    from openoutcomes.voice import agreement as compare
    from openoutcomes.voice import files

    found = compare(files.read_codes(codes), level=level, resamples=resamples, seed=seed)
    every = [*([found.overall] if found.overall else []), *found.themes]
    if form is Format.json:
        print_json(
            {
                "coders": list(found.coders),
                "units": found.units,
                "coded_once": list(found.once),
                "results": [_coefficients(each) for each in every],
                "to_settle": [asdict(each) for each in found.to_settle],
            }
        )
        return
    numbers = [
        (each.subject, each.units, each.given, each.percent, _kappa(each), each.alpha, each.alpha_low, each.alpha_high, each.ac1)
        for each in every
    ]  # fmt: skip
    columns = ("theme", "units", "given", "agree", "kappa", "alpha", "low", "high", "AC1")
    if form is Format.csv:
        _print_csv(columns, numbers)
        return
    coders = " and ".join(found.coders) if len(found.coders) == 2 else ", ".join(found.coders)
    print_text(
        f"{printable(coders)}: {found.units:,} units coded by two or more, {len(found.once):,} by one alone"
    )
    shown = [
        (name, units, *("" if number is None else f"{number:.3f}" for number in rest))
        for name, units, *rest in numbers
    ]
    print_text("\n" + table_text(columns, shown, right=range(1, 9)))
    if found.to_settle:
        print_text("\nTo settle:")
        lines = [
            (each.theme, each.unit, ", ".join(each.given_by), ", ".join(each.not_given_by))
            for each in found.to_settle
        ]
        print_text("\n" + table_text(("theme", "unit", "given by", "not by"), lines))
    _say((f"{each.subject}: {caution}" for each in every for caution in each.cautions), form)


@app.command()
def rank(
    ballots_file: Annotated[
        Path,
        typer.Argument(metavar="BALLOTS", help="CSV of person_id, story, place (1 is best; equal is a tie)."),
    ],
    *,
    unranked: Annotated[
        Unranked, typer.Option("--unranked", help="What a story somebody did not rank means.")
    ] = Unranked.last,
    form: Form = Format.text,
) -> None:
    """Rank stories by the people supported: Borda's count, with Copeland's beside it."""
    from openoutcomes.voice import files, rank_stories

    ballots, stories = files.read_ballots(ballots_file)
    found = rank_stories(ballots, stories, unranked=unranked.value)
    rows = [
        (each.place, each.story, float(each.borda), float(each.copeland), each.ranked_by)
        for each in found.stories
    ]
    columns = ("place", "story", "borda", "copeland", "ranked by")
    if form is Format.json:
        print_json(
            {
                "stories": [dict(zip(columns, row, strict=True)) for row in rows],
                "ballots": found.ballots,
                "note": found.note,
            }
        )
    elif form is Format.csv:
        _print_csv(columns, rows)
        note(found.note)
    else:
        shown = [
            (place, story, f"{borda:g}", f"{copeland:g}", by) for place, story, borda, copeland, by in rows
        ]
        print_text(table_text(columns, shown, right=(0, 2, 3, 4)))
        print_text(f"\n{printable(found.note)}")


def _names(text: str) -> list[str]:
    """Split field names given with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _limits(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        what = f"“{text}” is not two numbers with a comma between."
        raise InputError(Problem(what, "Such as --trim 0.3,3.", field="--trim", code="limits")) from None
    return low, high


def _answers(read: SampleFile, weights_file: Path, answers: Path | None, of: str) -> dict[str, str]:
    """Return the answers of everybody heard who gave one."""
    from openoutcomes.voice import files

    if not read.weights:
        what = "The file has no weights."
        raise InputError(
            Problem(what, "Work them out with voice weights first.", str(weights_file), code="no-weights")
        )
    if answers is not None:
        said = files.read_answers(answers, of, read)
    elif of in read.table.columns:
        # A field of the frame is known of people not heard too; only those heard count.
        said = {row["person_id"]: row[of] for row in read.table.rows}
    else:
        what = f"There is no column {of}."
        mend = f"The columns are {', '.join(read.table.columns)}; answers in another file go with --answers."
        raise InputError(Problem(what, mend, str(weights_file), 1, field=of, code="no-column"))
    return {who: answer for who, answer in said.items() if answer and who in read.weights}


def _groups(read: SampleFile, by: str) -> list[tuple[str, set[str]]]:
    """Return everybody, then the people heard with each value of ``by``."""
    groups: dict[str, set[str]] = {"everybody": set(read.weights)}
    for row in sorted(read.table.rows, key=lambda row: row[by] if by else ""):
        if by and row["person_id"] in read.weights:
            groups.setdefault(row[by] or f"({by} blank)", set()).add(row["person_id"])
    return list(groups.items())


def _wanted(kind: Kind, yes: Sequence[str] | None, said: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the sets of answers to estimate the share of; one empty set for means and totals."""
    if kind is not Kind.proportion:
        return [()]
    return [tuple(yes)] if yes else [(answer,) for answer in sorted(set(said.values()))]


def _rows(
    read: SampleFile, said: dict[str, str], inside: set[str], wanted: tuple[str, ...], place: tuple[Path, str]
) -> list[Answer]:
    """Return an answer for each person with a weight; those with none, or not inside, do not count."""
    from openoutcomes.voice import Answer, files

    rows = []
    for case in read.cases:
        if case.id not in read.weights:
            continue
        counted = case.id in inside and case.id in said
        value = 0.0
        if counted and wanted:
            value = float(said[case.id] in wanted)
        elif counted:
            value = files.number(said[case.id], place[1], str(place[0]))
        rows.append(Answer(case.id, case.stratum, read.weights[case.id], value, counted))
    return rows


def _tally(tally: Tally) -> dict[str, object]:
    rates = {
        "response_rate": tally.response_rate,
        "response_rate_with_partly": tally.response_rate_with_partly,
        "cooperation_rate": tally.cooperation_rate,
        "contact_rate": tally.contact_rate,
        "refusal_rate": tally.refusal_rate,
    }
    return {
        "invited": tally.invited,
        **asdict(tally),
        **{name: None if rate is None else float(rate) for name, rate in rates.items()},
    }


def _coefficients(found: Coefficients) -> dict[str, object]:
    plain = asdict(found)
    plain["kappas"] = [{"coders": list(pair), **asdict(kappa)} for pair, kappa in found.kappas.items()]
    return plain


def _kappa(found: Coefficients) -> float | None:
    """Return the mean of the pairs' kappas, over the pairs that have one."""
    values = [kappa.value for kappa in found.kappas.values() if kappa.value is not None]
    return sum(values) / len(values) if values else None


def _percent(rate: Fraction | None) -> str:
    return "" if rate is None else f"{float(rate):.1%}"


def _print_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from openoutcomes.voice.files import csv_text

    print_text(csv_text(columns, rows))


def _say(lines: Iterable[str], form: Format) -> None:
    """Print what must be said of a result, each line once.

    In text it belongs to the result and follows it; beside CSV it goes to stderr.
    """
    said = [printable(line) for line in dict.fromkeys(lines)]
    if said and form is Format.text:
        print_text("\n" + "\n".join(said))
    elif said:
        note("\n".join(said))
