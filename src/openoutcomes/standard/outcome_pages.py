"""Writes the reference page of the outcomes map from its data files."""

from __future__ import annotations

from openoutcomes.standard.instrument_pages import COMMAND, long_date
from openoutcomes.standard.outcomes import DOMAINS, KINDS, Outcome, load_map

_KINDS = {
    "count": "a number of people or things",
    "proportion": "how many out of those it is for",
    "score": "a reading of the instrument named",
    "duration": "time, in the unit named",
    "money": "an amount in the currency named",
    "quantity": "an amount in the unit named that is neither money nor time",
}

#: A place's own file, as shown on the page; the tests load it.
PLACE_EXAMPLE = """\
place: westborough
author: partnership coordinator
checked by: unchecked
next review: 2027-11-30
version: 1.0.0
provenance: Agreed by the Westborough partnership
outcomes:
  westborough:good-neighbours:
    name: Good neighbours
    domain: social
    means: People on a street know each other and lend a hand.
    is not: A street party held.
    sdg: [11.3]
    evidence: [residents' survey]
    metrics:
      westborough:knows-neighbours:
        name: People who know five neighbours by name
        unit: people
        kind: proportion
        better: higher
        for: residents asked
metrics:
  home:
    westborough:keys-within-a-week:
      name: People given keys within a week of the offer
      unit: people
      kind: proportion
      better: higher
      for: people offered a home
"""

_PLACE = """\
## A place's own outcomes

A place adds outcomes, and metrics for the shared outcomes, in a file of its own. Its codes begin
with the place's name and a colon. A shared outcome cannot be defined again, and an unknown key, a
target that does not exist or an instrument that does not exist is refused with its line.

```yaml
{example}```

`openoutcomes outcomes show home --map westborough.yaml` shows the result.
"""


def outcomes_page() -> str:
    """Return the reference page of the shared outcomes map, as Markdown."""
    outcomes = load_map()
    lines = [
        "# Outcomes map",
        "",
        f"<!-- Made by `{COMMAND}` from the data files; do not edit. -->",
        "",
        f"{len(outcomes)} outcomes that every place shares. A place adds its own in a file of its own.",
        "",
        "A metric is one of these kinds: " + "; ".join(f"{kind} ({_KINDS[kind]})" for kind in KINDS) + ".",
    ]
    for domain in DOMAINS:
        chosen = [outcome for outcome in outcomes.values() if outcome.domain == domain]
        lines += ["", f"## {domain.capitalize()}", "", "| code | outcome | goals |", "| --- | --- | --- |"]
        lines += [f"| [{each.code}](#{each.code}) | {each.name} | {', '.join(each.sdg)} |" for each in chosen]
        for outcome in chosen:
            lines += ["", *_section(outcome)]
    return "\n".join([*lines, "", _PLACE.format(example=PLACE_EXAMPLE)])


def pages() -> dict[str, str]:
    """Return the text of each generated page by its path under the repository."""
    return {"docs/reference/outcomes-map.md": outcomes_page()}


def _section(outcome: Outcome) -> list[str]:
    lines = [
        f"### {outcome.name} {{#{outcome.code}}}",
        "",
        outcome.means,
        "",
        f"It is not: {outcome.is_not[0].lower()}{outcome.is_not[1:]}",
        "",
        f"Code `{outcome.code}`, version {outcome.version}. Goals: {', '.join(outcome.sdg)}.",
        f"Typical evidence: {'; '.join(outcome.evidence)}.",
        "",
        "| metric | what | unit | kind | better | for | instrument |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for metric in outcome.metrics:
        code = metric.instrument.partition("/")[0]
        link = f"[{metric.instrument}](instruments.md#{code})" if code else ""
        cells = (
            f"`{metric.code}`",
            metric.name,
            metric.unit,
            metric.kind,
            metric.better,
            metric.population,
            link,
        )
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    lines += [
        "",
        f"{outcome.provenance}. Author: {outcome.author}. Checked by: {outcome.checked_by}.",
        f"Next review: {long_date(outcome.next_review)}.",
    ]
    return lines
