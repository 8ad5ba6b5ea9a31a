"""The reconciliation as people read it: text, a table for a spreadsheet, and one page of HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from openoutcomes.publish.indigo.counts import plain_count
from openoutcomes.publish.indigo.faults import KINDS, Fault
from openoutcomes.publish.indigo.outcome import (
    STATUSES,
    MetricOutcome,
    ProjectOutcome,
    Reconciliation,
    money_text,
)

TESTS = {
    "price_times_count": "price × count against paid",
    "commitments": "payments against commitments",
    "plan": "latest plan against paid",
}
#: Faults of each kind shown in text before the rest are only counted.
_SHOWN = 3

#: ``lay_out(headers, rows, right=indexes)``: how a table becomes text; the command line has one.
LayOut = Callable[..., str]

CSV_COLUMNS = (
    "project", "name", "currency", "project_status", "project_rule", "project_price_times_count",
    "project_paid", "available", "available_from", "project_explanation", "metric", "definition", "price",
    "count", "count_standing", "price_times_count", "paid", "status", "rule", "explanation",
)  # fmt: skip


def has_something_to_test(project: ProjectOutcome) -> bool:
    """Say whether a project has payments, or a price with a count: others only fill a page."""
    return project.paid is not None or project.price_times_count is not None


def as_text(result: Reconciliation, lay_out: LayOut, *, every_fault: bool = False) -> str:
    """Write the result for a terminal: projects with something to test, a summary, faults by kind.

    ``every_fault`` shows all faults; otherwise the first few of each kind.
    """
    few = len(result.projects) <= 10
    shown = [project for project in result.projects if few or has_something_to_test(project)]
    parts = [_projects_text(shown, lay_out)] if shown else []
    parts.append(_explanations(shown))
    hidden = len(result.projects) - len(shown)
    if hidden:
        parts.append(f"{hidden} more projects have neither payments nor a price with a count: untestable.")
    parts += [_summary_text(result, lay_out), _faults_text(result, every_fault=every_fault)]
    return "\n\n".join(part for part in parts if part)


def _projects_text(projects: Iterable[ProjectOutcome], lay_out: LayOut) -> str:
    headers = ("project", "name", "currency", "price × count", "paid", "available", "status")
    rows = [
        (
            project.project,
            project.name if len(project.name) <= 32 else f"{project.name[:29]}...",
            project.currency,
            _amount(project.price_times_count),
            _amount(project.paid),
            _amount(project.available),
            project.verdict.status,
        )
        for project in projects
    ]
    return lay_out(headers, rows, right=(3, 4, 5))


def _explanations(projects: Iterable[ProjectOutcome]) -> str:
    lines = []
    for project in projects:
        rule = f" [{project.verdict.rule}]" if project.verdict.rule else ""
        lines.append(f"{project.project}: {project.verdict.status}{rule}. {project.verdict.explanation}")
        for test in ("commitments", "plan"):
            verdict = project.tests[test].verdict
            if verdict.status != "untestable":
                lines.append(f"  {TESTS[test]}: {verdict.status}. {verdict.explanation}")
        lines.extend(_metric_line(metric) for metric in project.metrics if metric.paid is not None)
    return "\n".join(lines)


def _metric_line(metric: MetricOutcome) -> str:
    rule = f" [{metric.verdict.rule}]" if metric.verdict.rule else ""
    return f"  {metric.metric}: {metric.verdict.status}{rule}. {metric.verdict.explanation}"


def _summary_text(result: Reconciliation, lay_out: LayOut) -> str:
    rows = [(label, *result.statuses(test).values()) for test, label in TESTS.items()]
    table = lay_out(("test", *STATUSES), rows, right=(1, 2, 3, 4))
    unread = "\nPart of the export could not be read, so figures may be missing." if result.incomplete else ""
    return f"Projects by status\n{table}{unread}"


def _faults_text(result: Reconciliation, *, every_fault: bool) -> str:
    grouped = _by_kind(result)
    if not grouped:
        return "No faults found."
    lines = [f"Faults: {sum(map(len, grouped.values()))} of {len(grouped)} kinds"]
    for kind, faults in grouped.items():
        lines.append(f"{kind} ({len(faults)}): {KINDS[kind].means}")
        shown = faults if every_fault else faults[:_SHOWN]
        lines.extend(f"  {fault.where}: {fault.detail}" for fault in shown)
        if len(shown) < len(faults):
            lines.append(f"  and {len(faults) - len(shown)} more")
        lines.append(f"  What to do: {KINDS[kind].mend}")
    return "\n".join(lines)


def _by_kind(result: Reconciliation) -> dict[str, list[Fault]]:
    everything = result.all_faults()
    return {kind: [fault for fault in everything if fault.kind == kind] for kind in result.kinds()}


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{Decimal(money_text(amount) or 0):,f}"


def as_csv(result: Reconciliation) -> str:
    """Write one row for each metric of each project (one without metrics for a project that has none)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for project in result.projects:
        about = _project_cells(project)
        for metric in project.metrics or (None,):
            cells = _metric_cells(metric) if metric else [""] * (len(CSV_COLUMNS) - len(about))
            writer.writerow([_harmless(cell) for cell in (*about, *cells)])
    return out.getvalue()


def _project_cells(project: ProjectOutcome) -> list[str]:
    return [
        project.project,
        project.name,
        project.currency,
        project.verdict.status,
        project.verdict.rule or "",
        money_text(project.price_times_count) or "",
        money_text(project.paid) or "",
        money_text(project.available) or "",
        project.available_from,
        project.verdict.explanation,
    ]


def _metric_cells(metric: MetricOutcome) -> list[str]:
    return [
        metric.metric,
        metric.definition,
        money_text(metric.price) or "",
        "" if metric.count is None else str(plain_count(metric.count)),
        metric.used.standing if metric.used else "",
        money_text(metric.price_times_count) or "",
        money_text(metric.paid) or "",
        metric.verdict.status,
        metric.verdict.rule or "",
        metric.verdict.explanation,
    ]


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula; negative amounts stay numbers."""
    if cell[:1] in "=+@\t\r" and cell:
        return f"'{cell}"
    return f"'{cell}" if cell.startswith("-") and not cell[1:].replace(".", "", 1).isdigit() else cell


def as_html(result: Reconciliation) -> str:
    """Write one self-contained page, without scripts, that also prints."""
    # Jinja takes a while to import: only this function pays for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("openoutcomes.publish.indigo", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = _html_money
    environment.filters["count"] = _html_count
    template = environment.get_template("report.html.j2")
    return template.render(**_page(result)) + "\n"


def _page(result: Reconciliation) -> Mapping[str, object]:
    some: Sequence[ProjectOutcome] = [each for each in result.projects if has_something_to_test(each)]
    rest = [each for each in result.projects if not has_something_to_test(each)]
    kinds = [
        {
            "kind": kind,
            "means": KINDS[kind].means,
            "mend": KINDS[kind].mend,
            "faults": [{"where": fault.where, "detail": fault.detail} for fault in faults],
        }
        for kind, faults in _by_kind(result).items()
    ]
    return {
        "projects": result.projects,
        "shown": [each.as_dict() for each in some],
        "untested": [each.as_dict() for each in rest],
        "incomplete": result.incomplete,
        "statuses": STATUSES,
        "tests": [(label, result.statuses(test)) for test, label in TESTS.items()],
        "kinds": kinds,
    }


def _html_money(amount: str | None) -> str:
    return "" if amount is None else f"{Decimal(amount):,f}"


def _html_count(count: int | str | None) -> str:
    return f"{count:,}" if isinstance(count, int) else count or ""
