"""Reading what is not judged person by person: cohorts, fixed payments, surplus shares and caps."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from openoutcomes.contracts import words
from openoutcomes.contracts.calendar import PERIOD_KINDS
from openoutcomes.contracts.reading_outcomes import read_verification
from openoutcomes.contracts.reading_values import (
    TermsReader,
    read_amount,
    read_days,
    read_duration,
    read_fraction,
    read_money,
    read_payer_shares,
    read_pays,
    read_range,
    read_share,
    read_shares,
)
from openoutcomes.contracts.tables import ByTable, dimensions_of
from openoutcomes.contracts.terms import (
    Cap,
    CohortOutcome,
    CohortPays,
    Figure,
    FixedPayment,
    OnlyIf,
    Pays,
    SurplusShare,
)
from openoutcomes.contracts.words import Days, Range
from openoutcomes.standard.yamlnodes import Node, suggestion

_LABELS = {
    "week": (r"week of [0-9]{4}-[0-9]{2}-[0-9]{2}", "week of 2015-01-05"),
    "month": (r"[0-9]{4}-(0[1-9]|1[0-2])", "2015-01"),
    "quarter": (r"[0-9]{4}-Q[1-4]", "2015-Q1"),
    "calendar year": (r"[0-9]{4}", "2015"),
    "financial year": (r"[0-9]{4}(/[0-9]{2})?", "2015/16"),
    "contract year": (r"(year )?[1-9][0-9]?", "1"),
}
_COMPARED = ("fall", "rise", "fewer", "more", "units avoided", "units gained")


def read_cohort_outcome(reader: TermsReader, code: str, node: Node, order: int) -> CohortOutcome:
    """Read one entry of ``cohort outcomes``."""
    keys = reader.section(node, "cohort outcome", required=("metric",))
    pays = _read_cohort_pays(reader, node, keys)
    judged = (
        reader.choice(keys["judged"], ("each cohort", "each period", "together"))
        if "judged" in keys
        else "each cohort"
    )
    fallback = None
    for holder in (keys, keys["if none pays"].mapping if "if none pays" in keys else {}):
        if "only if" in holder and "compared" not in keys:
            reader.error(holder["only if"], "'only if' needs 'compared', to know what with.")
    if "if none pays" in keys:
        below = reader.section(keys["if none pays"], "if none pays")
        fallback = _read_cohort_pays(reader, keys["if none pays"], below)
        if judged != "each cohort":
            reader.error(
                keys["if none pays"],
                f"cohorts judged {judged} have no pooled test to fall back on.",
                "Leave out 'judged', or 'if none pays'.",
            )
        if "cohorts" not in keys:
            reader.error(
                node, "'if none pays' needs 'cohorts', to know when all have results.", "Add cohorts: [1, 2]."
            )
    return CohortOutcome(
        code=code,
        order=order,
        figure=_read_figure(reader, keys),
        pays=pays,
        line=node.line,
        says=reader.text(keys["says"]) if "says" in keys else "",
        counts_as=reader.texts(keys["counts as"]) if "counts as" in keys else (),
        cohorts=reader.texts(keys["cohorts"]) if "cohorts" in keys else (),
        judged=judged,  # type: ignore[arg-type]
        fallback=fallback,
        smallest=read_fraction(reader, keys["smallest group"]) if "smallest group" in keys else None,
        wait=read_duration(reader, keys["results wait"]) if "results wait" in keys else None,
        deadweight=read_shares(reader, keys["deadweight"]) if "deadweight" in keys else None,
        taper=read_shares(reader, keys["taper"]) if "taper" in keys else None,
        payers=read_payer_shares(reader, keys["payers"]) if "payers" in keys else (),
        verified=read_verification(reader, keys["verification"]) if "verification" in keys else False,
    )


def _read_figure(reader: TermsReader, keys: dict[str, Node]) -> Figure:
    of = (
        reader.choice(keys["figure"], ("rate", "mean", "numerator", "denominator"))
        if "figure" in keys
        else "rate"
    )
    against, baseline, compared = "", None, ""
    if "compared" in keys:
        node = keys["compared"]
        below = reader.section(node, "compared", required=("as",))
        compared = reader.choice(below["as"], _COMPARED) if "as" in below else ""
        if ("with" in below) == ("baseline" in below):
            reader.error(
                node, "compare with one other arm, or with a baseline.", "Give one of 'with' and 'baseline'."
            )
        against = reader.text(below["with"]) if "with" in below else ""
        baseline = read_fraction(reader, below["baseline"]) if "baseline" in below else None
        if compared.startswith("units") and of != "rate":
            reader.error(
                node, f"{compared!r} needs figure: rate.", "Units are expected less actual numerators."
            )
    metric = reader.text(keys["metric"]) if "metric" in keys else ""
    arm = reader.text(keys["arm"]) if "arm" in keys else ""
    if against and not arm:
        reader.error(
            keys["compared"], "say which arm is judged.", "Add arm: treatment, or as the results name it."
        )
    return Figure(metric, of, arm, against, baseline, compared)  # type: ignore[arg-type]


def _read_cohort_pays(reader: TermsReader, node: Node, keys: dict[str, Node]) -> CohortPays:
    pays = _read_scale(reader, node, keys)
    if "only if" not in keys:
        return pays
    below = reader.section(keys["only if"], "cohort only if", required=("as", "is"))
    if len(below) < 2:
        return pays
    return replace(pays, gate=(reader.choice(below["as"], _COMPARED), read_range(reader, below["is"])))


def _read_scale(reader: TermsReader, node: Node, keys: dict[str, Node]) -> CohortPays:
    ways = [name for name in ("steps", "sliding", "each") if name in keys]
    if len(ways) != 1:
        reader.error(node, "say how the figure pays with one of steps, sliding or each.")
        return CohortPays()
    if ways[0] == "steps":
        steps = []
        for text, child in keys["steps"].mapping.items():
            test = words.number_range(text)
            if test is None:
                reader.error(child, f"{text!r} is not a test.", "Write 'at least 10%: 500000'.")
                continue
            steps.append((test, read_pays(reader, child)))
        if not steps:
            reader.error(keys["steps"], "there are no steps here.", "Write {at least 10%: 500000}.")
        return CohortPays(steps=tuple(steps))
    if ways[0] == "sliding":
        below = reader.section(keys["sliding"], "sliding", required=("nothing at", "all at", "amount"))
        if len(below) < 3:
            return CohortPays()
        nothing, everything = (read_fraction(reader, below[name]) for name in ("nothing at", "all at"))
        if nothing == everything:
            reader.error(
                keys["sliding"], "'nothing at' and 'all at' are the same.", "Use steps for a threshold."
            )
            everything = nothing + 1
        return CohortPays(nothing_at=nothing, all_at=everything, amount=read_pays(reader, below["amount"]))
    below = reader.section(keys["each"], "each", required=("pays",))
    return CohortPays(
        each=read_pays(reader, below["pays"]) if "pays" in below else None,
        over=read_fraction(reader, below["over"]) if "over" in below else Fraction(0),
        up_to=read_fraction(reader, below["up to"]) if "up to" in below else None,
    )


def read_fixed_payment(reader: TermsReader, code: str, node: Node, order: int) -> FixedPayment:
    """Read one entry of ``fixed payments``."""
    keys = reader.section(node, "fixed payment", required=("pays",))
    at_end, on = True, None
    if "on" in keys:
        if keys["on"].text in ("first day", "last day"):
            at_end = keys["on"].text == "last day"
        else:
            on = reader.day(keys["on"])
    every = reader.choice(keys["every"], PERIOD_KINDS) if "every" in keys else None
    if (on is None) == (every is None):
        reader.error(node, "say when it is due: 'on' one date, or 'every' period.", "Write every: quarter.")
    first = reader.day(keys["from"]) if "from" in keys else None
    last = reader.day(keys["to"]) if "to" in keys else None
    return FixedPayment(
        code=code,
        order=order,
        pays=read_pays(reader, keys["pays"]) if "pays" in keys else _nothing(reader, node),
        line=node.line,
        says=reader.text(keys["says"]) if "says" in keys else "",
        on=on,
        every=every,  # type: ignore[arg-type]
        span=Days(first, last) if first or last else None,
        at_end=at_end,
        only_if=_read_only_if(reader, keys["only if"]) if "only if" in keys else None,
        payers=read_payer_shares(reader, keys["payers"]) if "payers" in keys else (),
    )


def _nothing(reader: TermsReader, node: Node) -> Pays:
    del reader
    return ByTable(f"line {node.line}", [])


def _read_only_if(reader: TermsReader, node: Node) -> OnlyIf:
    keys = reader.section(node, "only if", required=("indicator", "is"))
    return OnlyIf(
        indicator=reader.text(keys["indicator"]) if "indicator" in keys else "",
        value=read_range(reader, keys["is"]) if "is" in keys else Range(),
        days=read_days(reader, keys["in"]) if "in" in keys else None,
    )


def read_surplus_share(reader: TermsReader, code: str, node: Node, order: int) -> SurplusShare:
    """Read one entry of ``surplus shares``."""
    keys = reader.section(node, "surplus share", required=("figure",))
    bands: list[tuple[Decimal, Fraction]] = []
    if "bands" in keys:
        for text, child in keys["bands"].mapping.items():
            test = words.number_range(text)
            if test is None or test.low is None or test.high is not None:
                reader.error(child, f"{text!r} is not a level.", "Write 'over 500000: 50%'.")
                continue
            level = Decimal(test.low.numerator) / Decimal(test.low.denominator)
            bands.append((level, read_share(reader, child)))
    elif "share" in keys:
        level = read_money(reader, keys["above"]) if "above" in keys else Decimal(0)
        bands.append((level, read_share(reader, keys["share"])))
    if not bands or ("bands" in keys and {"share", "above"} & keys.keys()):
        reader.error(node, "give 'share' (and 'above'), or 'bands'.", "Write share: 50%.")
    return SurplusShare(
        code=code,
        order=order,
        indicator=reader.text(keys["figure"]) if "figure" in keys else "",
        bands=tuple(sorted(bands)),
        line=node.line,
        says=reader.text(keys["says"]) if "says" in keys else "",
        paid_by=reader.choice(keys["paid by"], ("payers", "provider")) if "paid by" in keys else "payers",  # type: ignore[arg-type]
        most=read_money(reader, keys["most"]) if "most" in keys else None,
        purpose=reader.text(keys["ring-fenced for"]) if "ring-fenced for" in keys else "",
        payers=read_payer_shares(reader, keys["payers"]) if "payers" in keys else (),
    )


def read_caps(
    reader: TermsReader, node: Node, codes: tuple[str, ...], cohort_names: tuple[str, ...]
) -> tuple[Cap, ...]:
    """Read ``caps``, in the order in which they are applied."""
    keys = reader.section(node, "caps")
    caps: list[Cap] = []
    caps.extend(_person_caps(reader, keys, codes))
    for scope, known in (("outcome", codes), ("cohort", cohort_names), ("provider", ())):
        if f"per {scope}" in keys:
            caps.extend(_named_caps(reader, keys[f"per {scope}"], scope, known))
    for kind in PERIOD_KINDS:
        if f"per {kind}" in keys:
            caps.extend(_period_caps(reader, keys[f"per {kind}"], kind))
    if "per period" in keys:
        caps.extend(_dated_caps(reader, keys["per period"]))
    if "contract" in keys:
        caps.append(Cap("contract", read_amount(reader, keys["contract"]), "cap of the contract"))
    if "per payer" in keys:
        caps.extend(_payer_caps(reader, keys["per payer"]))
    for cap in caps:
        if "volume" in dimensions_of(cap.amount):
            reader.error(node, f"the {cap.name} cannot depend on volume.")
    return tuple(caps)


def _person_caps(reader: TermsReader, keys: dict[str, Node], codes: tuple[str, ...]) -> list[Cap]:
    caps = []
    if "per person" in keys:
        caps.append(Cap("person", read_amount(reader, keys["per person"]), "cap per person"))
    if "per person each" in keys:
        caps.extend(_person_period_caps(reader, keys["per person each"]))
    if "per person for" in keys:
        caps.extend(_person_outcome_caps(reader, keys["per person for"], codes))
    return caps


def _person_period_caps(reader: TermsReader, node: Node) -> list[Cap]:
    caps = []
    for kind, child in node.mapping.items():
        if kind not in PERIOD_KINDS:
            reader.error(child, f"{kind!r} is not a period.", suggestion(kind, PERIOD_KINDS))
            continue
        name = f"cap per person each {kind}"
        caps.append(Cap("person", read_amount(reader, child), name, period=kind))
    if not node.mapping:
        reader.error(node, "say in which period, and how much.", "Write {contract year: 3000}.")
    return caps


def _person_outcome_caps(reader: TermsReader, node: Node, codes: tuple[str, ...]) -> list[Cap]:
    caps = []
    for code, child in node.mapping.items():
        if code not in codes:
            reader.error(child, f"{code!r} is not an outcome of this contract.", suggestion(code, codes))
        caps.append(Cap("person", read_amount(reader, child), f"cap per person for {code}", only=(code,)))
    if not node.mapping:
        reader.error(node, "say for which outcome, and how much.", "Write {home: 3000}.")
    return caps


def _dated_caps(reader: TermsReader, node: Node) -> list[Cap]:
    caps = []
    for text, child in node.mapping.items():
        span = words.days(text)
        if span is None:
            reader.error(
                child, f"{text!r} is not a span of dates.", "Write '2015-01-01 to 2015-06-30: 50000'."
            )
            continue
        caps.append(Cap("contract", read_amount(reader, child), f"cap for {span}", days=span))
    return caps


def _payer_caps(reader: TermsReader, node: Node) -> list[Cap]:
    if not node.is_map:
        reader.error(node, "a payer's cap names the payer.", "Write {council: 100000}.")
    caps = []
    for payer, child in node.mapping.items():
        if payer not in reader.payers:
            reader.error(
                child, f"{payer!r} is not a payer of this contract.", suggestion(payer, reader.payers)
            )
        caps.append(Cap("payer", read_money(reader, child), f"cap of {payer}", only=(payer,)))
    return caps


def _named_caps(reader: TermsReader, node: Node, scope: str, known: tuple[str, ...]) -> list[Cap]:
    """Read one amount for each, or amounts by name; both may carry by-tables."""
    by_table = any(key.startswith("by ") for key in node.mapping)
    if not node.is_map or by_table:
        return [Cap(scope, read_amount(reader, node), f"cap per {scope}")]  # type: ignore[arg-type]
    caps = []
    for name, child in node.mapping.items():
        if known and name not in known:
            reader.error(
                child,
                f"{name!r} is not {'an' if scope == 'outcome' else 'a'} {scope} of this contract.",
                suggestion(name, known),
            )
        caps.append(Cap(scope, read_amount(reader, child), f"cap of {scope} {name}", only=(name,)))  # type: ignore[arg-type]
    return caps


def _period_caps(reader: TermsReader, node: Node, kind: str) -> list[Cap]:
    if not node.is_map or any(key.startswith("by ") for key in node.mapping):
        return [Cap("contract", read_amount(reader, node), f"cap per {kind}", period=kind)]  # type: ignore[arg-type]
    caps = []
    shape, example = _LABELS[kind]
    for label, child in node.mapping.items():
        if not re.fullmatch(shape, label):
            reader.error(child, f"{label!r} is not a {kind}.", f"Write {example}: 50000.")
        name = f"year {label}" if kind == "contract year" and label.isdecimal() else label
        caps.append(
            Cap("contract", read_amount(reader, child), f"cap of {kind} {label}", only=(name,), period=kind)  # type: ignore[arg-type]
        )
    return caps


def read_day_or_none(reader: TermsReader, keys: dict[str, Node], name: str) -> dt.date | None:
    """Read an optional date."""
    return reader.day(keys[name]) if name in keys else None
