"""The reference page of rules and fault kinds, made from their declarations."""

from __future__ import annotations

from importlib import resources

from openoutcomes.publish.indigo.faults import KINDS
from openoutcomes.publish.indigo.rules import CHANCE_LIMIT, REPEAT_LIMIT, RULES, TOLERANCE, TOLERANCE_SHARE


def rules_page() -> str:
    """Return the reference page as Markdown."""
    head = (
        resources.files("openoutcomes.publish.indigo").joinpath("rules_page.md").read_text(encoding="utf-8")
    )
    rules = "".join(f"| `{rule.rule}` | {rule.says} | {rule.when} |\n" for rule in RULES)
    kinds = sorted(KINDS.values(), key=lambda kind: kind.kind)
    faults = "".join(f"| `{kind.kind}` | {kind.means} | {kind.mend} |\n" for kind in kinds)
    unread = ", ".join(f"`{kind.kind}`" for kind in KINDS.values() if kind.unread)
    return (
        head.format(
            tolerance=TOLERANCE,
            share=f"{(TOLERANCE_SHARE * 100).normalize():f}",
            chance=CHANCE_LIMIT.denominator,
            repeats=REPEAT_LIMIT,
        )
        + f"{rules}\n## Faults\n\n"
        + "A fault is reported and never mended in silence. The command leaves with status 1 only for\n"
        + f"faults that mean part of the export was not read: {unread}.\n\n"
        + f"| kind | when | what to do |\n| --- | --- | --- |\n{faults}"
    )
