"""Prices and their maxima: price × volume, limits per person, slipped columns, dollar values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import Price, ProjectFacts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.maxima import is_per_person, per_person_maxima
from openoutcomes.publish.indigo.read import Export, same_id
from openoutcomes.publish.indigo.rules import agree, money
from openoutcomes.publish.indigo.values import clean, currency_code, parse_amount, parse_count


def maxima_faults(facts: ProjectFacts, available: Decimal | None) -> Iterator[Fault]:
    """Yield the faults of a project's maximum prices."""
    maxima = per_person_maxima(facts)
    person = [price for price in facts.prices if is_per_person(price, maxima)]
    if person:
        listed = " and ".join(money(amount, person[0].currency) for amount in sorted(maxima))
        detail = f"The maximum beside {len(person)} prices limits one person, not a metric: {listed}."
        yield Fault("maximum-per-person", detail, c.PRICINGS, person[0].row, facts.project)
    for price in facts.prices:
        if price.maximum is None or is_per_person(price, maxima):
            continue
        yield from _not_price_times_volume(facts, price)
        if available is not None and price.maximum > available and not agree(price.maximum, available):
            detail = f"The maximum is {price.maximum:,f}; the whole project can pay {available:,f}."
            yield Fault("maximum-above-available", detail, c.PRICINGS, price.row, facts.project, price.metric)


def _not_price_times_volume(facts: ProjectFacts, price: Price) -> Iterator[Fault]:
    if price.maximum is None or not price.price:
        return
    volumes = _volumes(facts, price.metric)
    allowed = [*volumes, facts.target] if facts.target else volumes
    if any(agree(price.price * volume, price.maximum) for volume in allowed):
        return
    number = price.maximum / price.price
    if volumes:
        aimed = " or ".join(f"{volume:,f}" for volume in volumes)
        detail = (
            f"The maximum is {price.maximum:,f}, but the price, {price.price:,f}, times the number aimed at,"
            f" {aimed}, is {price.price * volumes[0]:,f}; it is {number:,.2f} times the price."
        )
    elif abs(price.maximum - price.price * round(number)) <= max(Decimal(1), price.price / 100):
        # To a hundredth of one price: the larger a volume, the nearer any maximum is to some multiple.
        return
    else:
        detail = f"The maximum, {price.maximum:,f}, is {number:,.2f} times the price, {price.price:,f}."
    yield Fault("maximum-not-price-times-volume", detail, c.PRICINGS, price.row, facts.project, price.metric)


def _volumes(facts: ProjectFacts, metric: str) -> list[Decimal]:
    """Return the numbers a metric aims at, best first; none for a metric with several prices.

    Each price of several (a tier, a bonus) has a target of its own, which the export does not give. A
    target below 1 is a proportion, not a volume.
    """
    listed = next((row for row in facts.metrics if same_id(row.metric) == same_id(metric)), None)
    prices = {price.price for price in facts.prices if same_id(price.metric) == same_id(metric)}
    if listed is None or len(prices) > 1:
        return []
    return [target for target in dict.fromkeys(listed.targets) if target >= 1]


def disputed_maxima(export: Export, projects: Mapping[str, ProjectFacts]) -> Iterator[Fault]:
    """Yield a fault for each project whose per-person maximum is disputed by its fund's price list.

    Projects of one fund that pay the same price for the same outcomes share a price list. When cells
    and notes of that list state more than one maximum, each project that shows one is flagged.
    """
    for group in _price_lists(export, projects):
        stated = {project.project: per_person_maxima(project) for project in group}
        every = sorted(set().union(*stated.values()))
        if len(every) < 2:
            continue
        for project in group:
            cells = [price for price in project.prices if is_per_person(price, set(every))]
            if not cells or cells[0].maximum is None:
                continue
            others = ", ".join(
                money(amount, cells[0].currency) for amount in every if amount != cells[0].maximum
            )
            detail = (
                f"The maximum beside these prices is {money(cells[0].maximum, cells[0].currency)}, but"
                f" {others} is also stated for this fund and price list"
                f" (projects {', '.join(each.project for each in group)})."
            )
            yield Fault("maximum-disputed", detail, c.PRICINGS, cells[0].row, project.project)


def _price_lists(export: Export, projects: Mapping[str, ProjectFacts]) -> list[list[ProjectFacts]]:
    groups: dict[tuple[str, tuple[Decimal, ...]], list[ProjectFacts]] = {}
    for facts in projects.values():
        prices = tuple(sorted(price.price for price in facts.prices if price.price is not None))
        funds = {same_id(row.get(c.FUND)) for row in export.of_project(c.PROJECT_FUNDS, facts.project)}
        for fund in sorted(funds) if prices else []:
            groups.setdefault((fund, prices), []).append(facts)
    return list(groups.values())


def slipped_columns(export: Export, facts: ProjectFacts) -> Iterator[Fault]:
    """Yield one fault for a project whose metrics hold bare prices in the target population column."""
    prices = {same_id(price.metric): price.price for price in facts.prices}
    slipped = [
        (row.number, clean(row.get(c.POPULATION)))
        for row in export.of_project(c.METRICS, facts.project)
        if (number := parse_count(row.get(c.POPULATION)).value) is not None
        and prices.get(same_id(row.get(c.METRIC_ID))) == number
    ]
    if slipped:
        shown = ", ".join(text for _, text in slipped[:3])
        detail = f"'Target Population' of {len(slipped)} metrics holds the price ({shown}...)."
        yield Fault("value-in-wrong-column", detail, c.METRICS, slipped[0][0], facts.project)


def dollar_values(export: Export, facts: ProjectFacts) -> Iterator[Fault]:
    """Yield a fault for each price whose dollar value implies a rate over 2% from the project's median."""
    rates = list(_rates(export, facts))
    usual = median(rate for _, _, rate in rates) if len(rates) > 2 else None
    for number, metric, rate in rates:
        if usual and abs(rate / usual - 1) > Decimal("0.02"):
            detail = f"The dollar value implies {rate:.4f} to one, where {usual:.4f} is usual in the project."
            yield Fault("dollar-value-differs", detail, c.PRICINGS, number, facts.project, metric)


def _rates(export: Export, facts: ProjectFacts) -> Iterable[tuple[int, str, Decimal]]:
    for row in export.of_project(c.PRICINGS, facts.project):
        price, dollars = parse_amount(row.get(c.PRICE)).value, parse_amount(row.get(c.PRICE_USD)).value
        if price and dollars and currency_code(row.get(c.CURRENCY)) != "USD":
            yield row.number, clean(row.get(c.METRIC)), dollars / price
