"""How each instrument is scored, as tables that someone who knows the instrument can check by hand."""

from decimal import Decimal

import pytest

from openoutcomes.standard.instruments import (
    INSTRUMENTS,
    Change,
    Score,
    reliable_change,
    score,
    score_total,
    talking_therapies,
)


@pytest.mark.parametrize(
    ("instrument", "answers", "total", "band"),
    [
        # PHQ-9: nine answers 0 to 3; bands from 5, 10, 15, 20.
        ("phq-9", [0, 0, 0, 0, 0, 0, 0, 0, 0], "0", "minimal"),
        ("phq-9", [1, 1, 1, 1, 1, 0, 0, 0, 0], "5", "mild"),
        ("phq-9", [2, 2, 2, 2, 1, 0, 0, 0, 0], "9", "mild"),
        ("phq-9", [2, 2, 2, 2, 2, 0, 0, 0, 0], "10", "moderate"),
        ("phq-9", [3, 3, 3, 3, 3, 0, 0, 0, 0], "15", "moderately severe"),
        ("phq-9", [3, 3, 3, 3, 3, 3, 3, 3, 3], "27", "severe"),
        # GAD-7: seven answers 0 to 3; bands from 5, 10, 15.
        ("gad-7", [1, 1, 1, 1, 0, 0, 0], "4", "minimal"),
        ("gad-7", [2, 2, 2, 2, 2, 2, 2], "14", "moderate"),
        ("gad-7", [3, 3, 3, 3, 3, 0, 0], "15", "severe"),
        # SWEMWBS: seven answers 1 to 5, added and turned into the metric score.
        ("swemwbs", [1, 1, 1, 1, 1, 1, 1], "7.00", "low"),
        ("swemwbs", [3, 3, 3, 3, 3, 3, 3], "19.25", "low"),
        ("swemwbs", [3, 3, 3, 3, 3, 3, 4], "19.98", "medium"),
        ("swemwbs", [5, 4, 4, 4, 4, 5, 5], "28.13", "high"),
        ("swemwbs", [5, 5, 5, 5, 5, 5, 5], "35.00", "high"),
        # WEMWBS: fourteen answers 1 to 5, added.
        ("wemwbs", [3] * 14, "42", "low"),
        ("wemwbs", [3] * 13 + [4], "43", "medium"),
        ("wemwbs", [5] * 14, "70", "high"),
        # General Self-Efficacy: ten answers 1 to 4, added; no bands are agreed.
        ("gse-10", [3] * 10, "30", None),
        # UCLA three items: answers 1 to 3, added.
        ("ucla-3", [2, 2, 1], "5", "not lonely"),
        ("ucla-3", [2, 2, 2], "6", "lonely"),
        # WSAS: five answers 0 to 8, added; significant from 10, worse above 20.
        ("wsas", [1, 2, 2, 2, 2], "9", "below clinical level"),
        ("wsas", [4, 4, 4, 4, 4], "20", "significant impairment"),
        ("wsas", [4, 4, 4, 4, 5], "21", "moderately severe or worse"),
        # AUDIT-C: three answers 0 to 4, added; 5 or more is positive.
        ("audit-c", [2, 1, 1], "4", "lower risk"),
        ("audit-c", [2, 2, 1], "5", "increasing or higher risk"),
        # Rosenberg: answers 0 to 3 as ticked; 2, 5, 6, 8 and 9 are turned round.
        ("rosenberg", [3, 0, 3, 3, 0, 0, 3, 0, 0, 3], "30", "high"),
        ("rosenberg", [3, 3, 3, 3, 3, 3, 3, 3, 3, 3], "15", "normal range"),
        ("rosenberg", [0, 3, 0, 0, 3, 3, 0, 3, 3, 0], "0", "low"),
        # Brief Resilience: answers 1 to 5 as ticked; 2, 4 and 6 are turned round; the mean.
        ("brs", [5, 1, 5, 1, 5, 1], "5.00", "high"),
        ("brs", [3, 3, 3, 3, 3, 3], "3.00", "normal"),
        ("brs", [3, 3, 3, 3, 3, 4], "2.83", "low"),
        ("brs", [4, 2, 4, 2, 5, 1], "4.33", "high"),
        ("brs", [4, 2, 4, 2, 5, 2], "4.17", "normal"),
    ],
)
def test_answers_give_the_score_and_band(
    instrument: str, answers: list[int], total: str, band: str | None
) -> None:
    result = score(instrument, answers)
    assert isinstance(result, Score)
    assert str(result.value) == total
    assert result.bands.get(next(iter(result.values))) == band


def test_ons4_gives_four_scores_that_are_never_added() -> None:
    result = score("ons4", [8, 9, 4, 6])
    assert isinstance(result, Score)
    assert dict(result.values) == {"life-satisfaction": 8, "worthwhile": 9, "happiness": 4, "anxiety": 6}
    assert dict(result.bands) == {
        "life-satisfaction": "high", "worthwhile": "very high", "happiness": "low", "anxiety": "high",
    }  # fmt: skip
    with pytest.raises(ValueError, match="gives 4 scores"):
        _ = result.value


@pytest.mark.parametrize(
    ("instrument", "first", "last", "change"),
    [
        # At least 6 points on the PHQ-9, where lower is better.
        ("phq-9", "15", "9", "improved"),
        ("phq-9", "15", "10", "no reliable change"),
        ("phq-9", "9", "15", "deteriorated"),
        # At least 4 on the GAD-7.
        ("gad-7", "12", "8", "improved"),
        ("gad-7", "12", "9", "no reliable change"),
        # More than 2.87 metric points on the SWEMWBS, where higher is better.
        ("swemwbs", "19.25", "22.35", "improved"),
        ("swemwbs", "19.25", "21.54", "no reliable change"),
        ("swemwbs", "22.35", "19.25", "deteriorated"),
        # 1.96 x sqrt 2 x 3.1 = 8.59 on the WEMWBS.
        ("wemwbs", "40", "49", "improved"),
        ("wemwbs", "40", "48", "no reliable change"),
        # 1.96 x 5.32 x sqrt(2) x sqrt(1 - 0.86) = 5.52 on the General Self-Efficacy Scale.
        ("gse-10", "20", "26", "improved"),
        ("gse-10", "20", "25", "no reliable change"),
        ("ucla-3", "7", "5", "improved"),
        ("ucla-3", "7", "6", "no reliable change"),
        ("wsas", "30", "22", "improved"),
        ("wsas", "30", "23", "no reliable change"),
        ("rosenberg", "12", "17", "improved"),
        ("rosenberg", "12", "16", "no reliable change"),
        ("brs", "3.00", "3.83", "improved"),
        ("brs", "3.00", "3.67", "no reliable change"),
        ("brs", "3.83", "3.00", "deteriorated"),
    ],
)
def test_a_change_is_reliable_only_beyond_the_threshold(
    instrument: str, first: str, last: str, change: Change
) -> None:
    assert reliable_change(instrument, Decimal(first), Decimal(last)) == change


@pytest.mark.parametrize(
    ("phq9", "gad7", "expected"),
    [
        # a case on both at the start, on neither at the end
        ((15, 9), (12, 7), {"recovered", "improved", "reliably recovered"}),
        # below the line, but by one point: not a reliable change
        ((10, 9), (5, 5), {"recovered"}),
        # much better, and still a case
        ((20, 12), (18, 14), {"improved"}),
        # better on one and as much worse on the other
        ((15, 9), (4, 8), set()),
        # not a case at the start, so cannot recover
        ((9, 3), (7, 3), {"improved"}),
        # became a case
        ((9, 15), (7, 7), {"deteriorated"}),
        # a case on the GAD-7 alone
        ((4, 4), (12, 7), {"recovered", "improved", "reliably recovered"}),
    ],
)
def test_talking_therapies_recovery(phq9: tuple[int, int], gad7: tuple[int, int], expected: set[str]) -> None:
    result = talking_therapies(phq9=phq9, gad7=gad7)
    said = {
        "recovered": result.recovered,
        "improved": result.reliably_improved,
        "deteriorated": result.reliably_deteriorated,
        "reliably recovered": result.reliably_recovered,
    }
    assert {word for word, true in said.items() if true} == expected
    assert not result.verified


@pytest.mark.parametrize("instrument", ["outcomes-star", "eq-5d-5l"])
def test_a_licensed_instrument_is_scored_from_totals_alone(instrument: str) -> None:
    problems = score(instrument, [1, 1, 1, 1, 1])
    assert isinstance(problems, list)
    assert problems[0].code == "total-only"
    assert INSTRUMENTS[instrument].link in problems[0].mend
    scale = INSTRUMENTS[instrument].scales[0]
    assert isinstance(score_total(f"{instrument}/{scale.code}", 1), Score)
