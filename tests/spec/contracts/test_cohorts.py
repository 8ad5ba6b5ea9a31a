"""Outcomes judged on a group against another."""

import datetime as dt
from collections.abc import Callable

import pytest

CASES = {
    "The dearest step that the fall reaches": (
        """
        cohort outcomes:
          fewer:
            metric: events
            arm: treatment
            compared: {with: comparison, as: fall}
            cohorts: [one, two]
            results wait: 6 months
            steps: {at least 10%: 1000, at least 20%: 1500}
            if none pays: {steps: {at least 7.5%: 1700}}
        """,
        """
        cohort_results
        cohort | arm | metric | numerator | denominator | period_end
        one | treatment | events | 80 | 100 | 2015-12-31
        one | comparison | events | 1000 | 1000 | 2015-12-31
        """,
        """
        fewer:one | fewer | payable £1,500.00 | events fell by 20%: it is at least 20%
        """,
    ),
    "Neither cohort pays alone, and both together do": (
        """
        cohort outcomes:
          fewer:
            metric: events
            arm: treatment
            compared: {with: comparison, as: fall}
            cohorts: [one, two]
            results wait: 6 months
            steps: {at least 10%: 1000, at least 20%: 1500}
            if none pays: {steps: {at least 7.5%: 1700}}
        """,
        """
        cohort_results
        cohort | arm | metric | numerator | denominator | period_end
        one | treatment | events | 91.6 | 100 | 2015-12-31
        one | comparison | events | 100 | 100 | 2015-12-31
        two | treatment | events | 90.4 | 100 | 2016-12-31
        two | comparison | events | 100 | 100 | 2016-12-31
        """,
        """
        fewer:one | fewer | refused £0.00 | events fell by 8.4%; the terms pay at least 10% or at least
            20%
        fewer:all cohorts | fewer | payable £1,700.00 | events fell by 9%: it is at least 7.5%
        fewer:two | fewer | refused £0.00 | events fell by 9.6%; the terms pay at least 10% or at least
            20%
        """,
    ),
    "The pooled test waits for every cohort": (
        """
        cohort outcomes:
          fewer:
            metric: events
            arm: treatment
            compared: {with: comparison, as: fall}
            cohorts: [one, two]
            results wait: 6 months
            steps: {at least 10%: 1000, at least 20%: 1500}
            if none pays: {steps: {at least 7.5%: 1700}}
        """,
        """
        cohort_results
        cohort | arm | metric | numerator | denominator | period_end
        one | treatment | events | 92 | 100 | 2015-12-31
        one | comparison | events | 100 | 100 | 2015-12-31
        """,
        """
        fewer:all cohorts | fewer | held £1,700.00 | waits for the results of two
        fewer:one | fewer | refused £0.00 | events fell by 8%; the terms pay at least 10% or at least 20%
        """,
    ),
    "A result that is too fresh": (
        """
        cohort outcomes:
          fewer:
            metric: events
            arm: treatment
            compared: {with: comparison, as: fall}
            cohorts: [one, two]
            results wait: 6 months
            steps: {at least 10%: 1000, at least 20%: 1500}
            if none pays: {steps: {at least 7.5%: 1700}}
        """,
        """
        cohort_results
        cohort | arm | metric | numerator | denominator | period_end
        one | treatment | events | 80 | 100 | 2015-12-31
        one | comparison | events | 100 | 100 | 2015-12-31
        """,
        """
        fewer:one | fewer | held £1,500.00 | events fell by 20%: it is at least 20%; results count from
            30 June 2016
        """,
        dt.date(2016, 6, 29),
    ),
    "The other group has not reported": (
        """
        cohort outcomes:
          fewer:
            metric: events
            arm: treatment
            compared: {with: comparison, as: fall}
            cohorts: [one, two]
            results wait: 6 months
            steps: {at least 10%: 1000, at least 20%: 1500}
            if none pays: {steps: {at least 7.5%: 1700}}
        """,
        """
        cohort_results
        cohort | arm | metric | numerator | denominator | period_end
        one | treatment | events | 80 | 100 | 2015-12-31
        """,
        """
        fewer:all cohorts | fewer | held £0.00 | waits for the results of two
        fewer:one | fewer | held £0.00 | no result of comparison is recorded
        """,
    ),
    "Units avoided against a baseline, above a floor and up to a ceiling": (
        """
        cohort outcomes:
          days:
            metric: care
            compared: {baseline: 55%, as: units avoided}
            each: {pays: 100, over: 10, up to: 30}
        """,
        """
        cohort_results
        cohort | metric | numerator | denominator | period_end
        a | care | 10 | 100 | 2015-12-31
        b | care | 30 | 100 | 2015-12-31
        c | care | 50 | 100 | 2015-12-31
        """,
        """
        days:a | days | payable £2,000.00 | care units avoided: 45: 20 units
        days:b | days | payable £1,500.00 | care units avoided: 25: 15 units
        days:c | days | refused £0.00 | care units avoided: 5; the terms pay each unit over 10
        """,
    ),
    "A sliding scale, up and down": (
        """
        cohort outcomes:
          gain: {metric: wellbeing, figure: mean, sliding: {nothing at: 0.5, all at: 1.4, amount: 900}}
          wait: {metric: days-waited, figure: mean, sliding: {nothing at: 20, all at: 10, amount: 100}}
        """,
        """
        cohort_results
        cohort | metric | mean | period_end
        a | wellbeing | 0.5 | 2015-12-31
        b | wellbeing | 1.0 | 2015-12-31
        c | wellbeing | 2 | 2015-12-31
        a | days-waited | 13 | 2015-12-31
        b | days-waited | 25 | 2015-12-31
        """,
        """
        gain:a | gain | refused £0.00 | wellbeing is 0.5; the terms pay only beyond 0.5
        gain:b | gain | payable £500.00 | wellbeing is 1: about 55.5556% of the way from 0.5 to 1.4
        gain:c | gain | payable £900.00 | wellbeing is 2: 100% of the way from 0.5 to 1.4
        wait:a | wait | payable £70.00 | days-waited is 13: 70% of the way from 20 to 10
        wait:b | wait | refused £0.00 | days-waited is 25; the terms pay only beyond 20
        """,
    ),
    "A group that is too small to judge": (
        """
        cohort outcomes:
          found: {metric: jobs, smallest group: 50, steps: {at least 50%: 100}}
        """,
        """
        cohort_results
        cohort | metric | numerator | denominator | period_end
        a | jobs | 40 | 49 | 2015-12-31
        b | jobs | 25 | 50 | 2015-12-31
        """,
        """
        found:a | found | refused £0.00 | the group of 49 is smaller than 50
        found:b | found | payable £100.00 | jobs is 50%: it is at least 50%
        """,
    ),
    "Each period of a cohort by itself, under one cap": (
        """
        cohort outcomes:
          seen: {metric: seen-rough, figure: numerator, compared: {baseline: 200, as: fewer}, judged: each period,
                 each: {pays: 10}}
        caps: {per outcome: {seen: 700}}
        """,
        """
        cohort_results
        cohort | metric | numerator | period_end
        named | seen-rough | 150 | 2015-03-31
        named | seen-rough | 260 | 2015-06-30
        named | seen-rough | 160 | 2015-09-30
        named | seen-rough | 190 |
        """,
        """
        seen:named:2015-03-31 | seen | payable £500.00 | seen-rough is lower by 50: 50 units
        seen:named:2015-06-30 | seen | refused £0.00 | seen-rough is lower by -60; the terms pay each unit
            over 0
        seen:named:2015-09-30 | seen | reduced £200.00 | seen-rough is lower by 40: 40 units; £200.00 lost:
            cap of outcome seen of £700.00 leaves £200.00
        seen:named | seen | reduced £0.00 | seen-rough is lower by 10: 10 units; £100.00 lost: cap of
            outcome seen of £700.00 is used up
        """,
    ),
    "Each result is judged by the terms in force at the end of its period": (
        """
        cohort outcomes:
          fewer: {metric: events, steps: {at least 50%: 1000}}
        amendments:
          - agreed: 2015-12-01
            takes effect: 2016-01-01
            changes:
              cohort outcomes:
                fewer: {metric: events, steps: {at least 50%: 2000}, results wait: 1 year}
                more: {metric: events, steps: {at least 10%: 5}}
          - {agreed: 2016-12-01, takes effect: 2017-01-01, changes: {cohort outcomes: {fewer: }}}
        """,
        """
        cohort_results
        cohort | metric | numerator | denominator | period_end
        a | events | 60 | 100 | 2015-12-31
        b | events | 60 | 100 | 2016-12-31
        c | events | 60 | 100 | 2017-12-31
        """,
        """
        fewer:a | fewer | payable £1,000.00 | events is 60%: it is at least 50%
        fewer:b | fewer | payable £2,000.00 | events is 60%: it is at least 50%
        more:b | more | payable £5.00 | events is 60%: it is at least 10%
        more:c | more | payable £5.00 | events is 60%: it is at least 10%
        note: 1 results of 'events' are of days when the terms had no fewer: left out.
        note: 1 results of 'events' are of days when the terms had no more: left out.
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_cohorts(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
