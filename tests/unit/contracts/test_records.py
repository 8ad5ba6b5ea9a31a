"""Which records count, as known on a day: a version too new or too old is another answer."""

from collections.abc import Callable
from typing import Any

import pytest

from openoutcomes.contracts.lines import Result

Priced = Callable[..., Result]
BODY = "verification: not required\noutcomes: {home: {pays: 10, repeatable: yes}}\n"


def home(**more: Any) -> dict[str, Any]:
    return {"achievement_id": "a", "person_id": "p", "outcome": "home", "achieved_on": "2015-03-01", **more}


def rows(*achievements: dict[str, Any], **tables: Any) -> dict[str, list[dict[str, Any]]]:
    return {"people": [{"person_id": "p"}], "achievements": list(achievements), **tables}


def paid(
    priced: Priced, as_of: str, *achievements: dict[str, Any], body: str = BODY, **tables: Any
) -> list[tuple[str, int]]:
    return [(line.line_id, int(line.amount)) for line in priced(body, rows(*achievements, **tables), as_of)]


@pytest.mark.parametrize(
    ("as_of", "amount"), [("2015-03-31", None), ("2015-04-01", 10), ("2015-05-09", 10), ("2015-05-10", 30)]
)
def test_each_day_sees_the_version_that_was_known(as_of: str, amount: int | None, priced: Priced) -> None:
    versions = (
        home(version=2, quantity="3", recorded_at="2015-05-10T23:59:59Z"),
        home(version=1, recorded_at="2015-04-01T00:00:00Z"),
    )
    assert paid(priced, as_of, *versions) == ([] if amount is None else [("a", amount)])


def test_the_highest_version_counts_and_not_the_last_recorded(priced: Priced) -> None:
    one, two = (
        home(version=1, recorded_at="2015-06-01T00:00:00Z"),
        home(version=2, quantity="2", recorded_at="2015-05-01T00:00:00Z"),
    )
    assert paid(priced, "2015-12-31", one, two) == [("a", 20)]


def test_what_is_withdrawn_counts_until_the_day_it_was(priced: Priced) -> None:
    gone = home(version=2, withdrawn="true", recorded_at="2015-05-01T00:00:00Z")
    first = home(version=1, recorded_at="2015-04-01T00:00:00Z")
    assert paid(priced, "2015-04-30", first, gone) == [("a", 10)]
    assert paid(priced, "2015-05-01", first, gone) == []


@pytest.mark.parametrize(
    ("record", "from_day"),
    [
        (home(claimed_on="2015-04-01"), "2015-04-01"),
        (home(), "2015-03-01"),
        (home(claimed_on="2015-04-01", recorded_at="2015-06-01T08:00:00Z"), "2015-06-01"),
    ],
)
def test_a_record_counts_from_when_it_was_recorded_else_claimed_else_achieved(
    record: dict[str, Any], from_day: str, priced: Priced
) -> None:
    import datetime as dt

    before = (dt.date.fromisoformat(from_day) - dt.timedelta(days=1)).isoformat()
    assert paid(priced, before, record) == []
    assert paid(priced, from_day, record) == [("a", 10)]
    result = priced(BODY, rows(record), before)
    assert result.notes == [f"1 achievements were not known on {before}: left out."]


def finding(state: str, on: str, **more: Any) -> dict[str, Any]:
    return {
        "verification_id": f"v-{state}-{on}",
        "achievement_id": "a",
        "state": state,
        "verified_on": on,
        **more,
    }


def test_the_latest_finding_by_the_day_counts(priced: Priced) -> None:
    found = [
        finding("accepted", "2015-05-01"),
        finding("queried", "2015-04-01"),
        finding("refused", "2015-06-01"),
    ]
    body = "outcomes: {home: {pays: 10, repeatable: yes}}"

    def status(as_of: str) -> str:
        (line,) = priced(body, rows(home(), verifications=found), as_of)
        return f"{line.status}: {line.reason}"

    assert status("2015-03-31") == "held: no verifier's finding is recorded yet"
    assert status("2015-04-01") == "held: the verifier queried it on 1 April 2015: no reason recorded"
    assert status("2015-05-01") == "payable: accepted at £10.00"
    assert status("2015-06-01") == "refused: the verifier refused it on 1 June 2015: no reason recorded"


def test_a_finding_dated_later_than_it_was_recorded_waits_for_its_day(terms: Any) -> None:
    import datetime as dt

    import pyarrow as pa

    from openoutcomes.contracts.pricing import price
    from openoutcomes.standard.dataset import Dataset

    # Written straight to Arrow: the check that readers make would refuse it.
    day = pa.array([dt.date(2015, 5, 1)], pa.date32())
    data = Dataset.from_arrow({
        "achievements": pa.table({"achievement_id": ["a"], "person_id": ["p"], "outcome": ["home"],
                                  "achieved_on": pa.array([dt.date(2015, 3, 1)], pa.date32())}),
        "verifications": pa.table({"verification_id": ["v"], "achievement_id": ["a"], "state": ["accepted"], "verified_on": day,
                                   "recorded_at": pa.array([dt.datetime(2015, 4, 1, tzinfo=dt.UTC)])}),
    })  # fmt: skip
    read = terms("outcomes: {home: {pays: 10, repeatable: yes}}")
    statuses = [price(read, data, dt.date(2015, month, 1)).lines[0].status for month in (4, 5)]
    assert statuses == ["held", "payable"]


def test_of_two_findings_on_one_day_the_greater_id_counts_whatever_their_order(priced: Priced) -> None:
    body = "outcomes: {home: {pays: 10, repeatable: yes}}"
    found = [finding("accepted", "2015-05-01"), finding("refused", "2015-05-01")]
    for order in (found, found[::-1]):
        assert [line.status for line in priced(body, rows(home(), verifications=order))] == ["refused"]


def enrolled(id_: str, start: str | None, group: str, **more: Any) -> dict[str, Any]:
    return {"enrolment_id": id_, "person_id": "p", "started_on": start, "payment_group": group, **more}


BY_GROUP = "verification: not required\noutcomes: {home: {pays: {by payment group: {a: 1, b: 2, c: 3}}, repeatable: yes}}"


@pytest.mark.parametrize(
    ("claim", "enrolments", "amount"),
    [
        (home(), [enrolled("x", "2015-01-01", "a"), enrolled("y", "2015-03-01", "b"), enrolled("z", "2015-03-02", "c")], 2),
        (home(), [enrolled("x", "2016-01-01", "a"), enrolled("y", "2015-06-01", "b")], 2),
        (home(), [enrolled("x", None, "a"), enrolled("y", "2015-01-01", "b")], 2),
        (home(), [enrolled("x", None, "a"), enrolled("y", "2016-01-01", "b")], 1),
        (home(enrolment_id="x"), [enrolled("x", "2016-01-01", "a"), enrolled("y", "2015-01-01", "b")], 1),
        (home(provider_id="v"), [enrolled("x", "2015-01-01", "a", provider_id="v"), enrolled("y", "2015-02-01", "b", provider_id="w")], 1),
        (home(provider_id="u"), [enrolled("x", "2015-01-01", "a", provider_id="v"), enrolled("y", "2015-02-01", "b", provider_id="w")], 2),
        (home(), [enrolled("x", "2015-01-01", "a"), enrolled("y", "2015-02-01", "b", contract_id="other")], 1),
        (home(), [enrolled("x", "2015-01-01", "a"), enrolled("y", "2015-01-01", "b")], 2),
    ],
)  # fmt: skip
def test_the_enrolment_that_a_claim_uses(
    claim: dict[str, Any], enrolments: list[dict[str, Any]], amount: int, priced: Priced
) -> None:
    for order in (enrolments, enrolments[::-1]):
        assert paid(priced, "2030-01-01", claim, body=BY_GROUP, enrolments=order) == [("a", amount)]


def test_a_claim_has_its_enrolments_provider_and_programme_when_it_names_none(priced: Priced) -> None:
    own = enrolled("x", "2015-01-01", "a", provider_id="v", programme_id="g")
    (line,) = priced(BY_GROUP, rows(home(), enrolments=[own]))
    assert (line.provider_id, line.enrolment_id) == ("v", "x")
    (line,) = priced(BY_GROUP, rows(home(provider_id="w"), enrolments=[own]))
    assert line.provider_id == "w"


def test_records_of_the_contract_or_of_none_are_priced(priced: Priced) -> None:
    claims = [
        home(achievement_id=id_, contract_id=of) for id_, of in (("a", "c"), ("b", None), ("d", "other"))
    ]
    assert paid(priced, "2030-01-01", *claims) == [("a", 10), ("b", 10)]
    other = priced(BODY, rows(*claims), contract="other")
    assert [line.line_id for line in other] == ["b", "d"]


def test_figures_are_known_from_the_end_of_their_period(priced: Priced) -> None:
    body = "fixed payments: {f: {pays: 10, on: 2015-02-01, only if: {indicator: i, is: at least 1}}}"
    figure = {
        "indicator_id": "i",
        "indicator": "i",
        "value": "1",
        "period_start": "2015-01-01",
        "period_end": "2015-12-31",
    }
    assert [line.status for line in priced(body, {"indicators": [figure]}, "2015-12-30")] == ["held"]
    assert [line.status for line in priced(body, {"indicators": [figure]}, "2015-12-31")] == ["payable"]


VERIFIED = "outcomes: {home: {pays: 10, repeatable: yes}}\n"


def accepted(achievement: str, on: str = "2015-04-01", state: str = "accepted") -> dict[str, Any]:
    return {"verification_id": f"v-{achievement}-{on}", "achievement_id": achievement, "state": state,
            "verified_on": on}  # fmt: skip


def test_a_replaced_record_counts_until_the_day_its_replacement_was_known(priced: Priced) -> None:
    old = home(recorded_at="2015-04-01T00:00:00Z")
    new = home(achievement_id="b", replaces="a", quantity="2", recorded_at="2015-05-01T00:00:00Z")
    assert paid(priced, "2015-04-30", old, new) == [("a", 10)]
    assert paid(priced, "2015-05-01", old, new) == [("b", 20)]
    assert paid(priced, "2015-05-01", new, old) == [("b", 20)]


def test_a_replaced_record_does_not_come_back_when_its_replacement_is_withdrawn(priced: Priced) -> None:
    old = home(recorded_at="2015-04-01T00:00:00Z")
    new = home(achievement_id="b", replaces="a", recorded_at="2015-05-01T00:00:00Z")
    gone = new | {"version": 2, "withdrawn": "true", "recorded_at": "2015-06-01T00:00:00Z"}
    assert paid(priced, "2015-05-31", old, new, gone) == [("b", 10)]
    assert paid(priced, "2015-06-01", old, new, gone) == []


def test_a_replacement_may_be_replaced_in_turn_and_findings_follow(priced: Priced) -> None:
    chain = (
        home(recorded_at="2015-04-01T00:00:00Z"),
        home(achievement_id="b", replaces="a", recorded_at="2015-05-01T00:00:00Z"),
        home(achievement_id="c", replaces="b", recorded_at="2015-06-01T00:00:00Z"),
    )
    found = [accepted("a")]
    assert paid(priced, "2015-06-30", *chain, body=VERIFIED, verifications=found) == [("c", 10)]
    later = [*found, accepted("b", "2015-05-10", "refused")]
    assert paid(priced, "2015-06-30", *chain, body=VERIFIED, verifications=later) == [("c", 0)]


def test_records_that_replace_each_other_are_both_gone(priced: Priced) -> None:
    assert paid(priced, "2015-06-30", home(replaces="b"), home(achievement_id="b", replaces="a")) == []


def test_two_records_of_one_person_are_one_person_from_the_day_that_was_known(priced: Priced) -> None:
    body = "verification: not required\noutcomes: {home: {pays: 10, once per: person}}\n"
    tables = {
        "people": [
            {"person_id": "p", "recorded_at": "2015-01-01T00:00:00Z"},
            {"person_id": "q", "replaces": "p", "recorded_at": "2015-05-01T00:00:00Z"},
        ],
        "enrolments": [{"enrolment_id": "e", "person_id": "p"}, {"enrolment_id": "f", "person_id": "q", "replaces": "e",
                        "recorded_at": "2015-05-01T00:00:00Z"}],
        "achievements": [home(enrolment_id="e"), home(achievement_id="b", person_id="q", achieved_on="2015-03-02")],
    }  # fmt: skip
    before, after = (priced(body, tables, day) for day in ("2015-04-30", "2015-05-01"))
    assert [(line.person_id, line.status) for line in before] == [("p", "payable"), ("q", "payable")]
    assert [(line.person_id, line.status) for line in after] == [("q", "payable"), ("q", "refused")]
    assert [line.enrolment_id for line in after] == ["f", "f"]


def test_an_answer_and_a_part_played_follow_the_record_that_was_replaced(priced: Priced) -> None:
    body = (
        "verification: not required\noutcomes:\n  home: {pays: 10, repeatable: yes, shared with contributors: yes,\n"
        "    person says: {question: good, answers: ['yes']}}\n"
    )
    (line,) = priced(
        body,
        rows(
            home(),
            home(achievement_id="b", replaces="a"),
            feedback=[{"feedback_id": "f", "person_id": "p", "achievement_id": "a", "question": "good", "answer": "yes",
                       "answered_on": "2015-03-03", "asked": "invited", "standing": "engaged", "independent": "true"}],
            contributions=[{"contribution_id": "c", "achievement_id": "a", "organisation_id": "org"}],
        ),
    )  # fmt: skip
    assert (line.line_id, line.minor, line.contributors) == ("b", 1000, (("org", 1000),))


def test_an_enrolment_replaced_by_one_under_another_contract_is_no_longer_here(priced: Priced) -> None:
    tables = {
        "enrolments": [
            {"enrolment_id": "e", "person_id": "p", "age_at_start": "20"},
            {
                "enrolment_id": "f",
                "person_id": "p",
                "replaces": "e",
                "contract_id": "other",
                "age_at_start": "20",
            },
        ],
    }
    body = "who: [age at enrolment: 18 or more]\n" + BODY
    (line,) = priced(body, rows(home(enrolment_id="e"), **tables))
    assert (line.enrolment_id, line.status, line.rule) == (None, "held", "who: age at enrolment")
    (alone,) = priced(body, rows(home(enrolment_id="e"), enrolments=tables["enrolments"][:1]))
    assert (alone.enrolment_id, alone.status) == ("e", "payable")
