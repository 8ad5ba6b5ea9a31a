"""Terms and records made at random, small enough that the rules keep meeting one another."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import strategies as st

from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.standard.dataset import Dataset

FIRST = dt.date(2015, 1, 1)
KINDS = ["letter", "form", "call"]
GROUPS = ["esa", "jsa"]
SPANS = {"early": "2015-01-01 to 2015-03-31", "late": "2015-04-01 to 2016-12-31"}


def sometimes(strategy, none=2):
    """The strategy, or nothing ``none`` times as often."""
    return st.sampled_from([False] * none + [True]).flatmap(lambda drawn: strategy if drawn else st.none())


# Weeks apart, with days on which months and years turn: rules count from them to the day.
WEEKS = st.integers(1, 75).map(lambda n: FIRST + dt.timedelta(days=7 * n))
DAYS = st.one_of(
    WEEKS,
    WEEKS.map(lambda on: on + dt.timedelta(days=1)),
    st.integers(1, 15).map(lambda n: FIRST + dt.timedelta(days=7 * n)),
    st.sampled_from(
        [dt.date(2014, 12, 31), dt.date(2015, 1, 31), dt.date(2015, 2, 28), dt.date(2015, 3, 31), dt.date(2015, 12, 31),
         dt.date(2016, 1, 1), dt.date(2016, 2, 29), dt.date(2016, 12, 31), dt.date(2017, 1, 1)]
    ),
)  # fmt: skip
EARLY = st.integers(0, 26).map(lambda n: FIRST + dt.timedelta(days=7 * n))
LENGTHS = st.sampled_from(
    ["1 week", "4 weeks", "28 days", "1 month", "3 months", "10 working days", "13 weeks"]
)
AMOUNTS = st.sampled_from(["100", "1", "9.99", "0", "250.5", "100", "33.35", "1500"])
SHARES = st.sampled_from(["1/3", "0", "12.5%", "50%", "0.75", "1"])
TABLES = {
    "contract year": [["1", "2"], ["1"]],
    "payment group": [["esa", "jsa"], ["jsa"], ["esa", "otherwise"]],
    "cohort": [["early", "late"], ["early", "otherwise"]],
    "date": [["2015-01-01 to 2015-06-30", "from 2015-07-01"], ["2015-01-01 to 2015-06-30", "otherwise"]],
    "time": [["1", "at least 2"]],
    "volume": [["1 to 2", "at least 3"], ["1", "otherwise"], ["1 to 3"]],
}


@st.composite
def tables(draw, leaf, names=("contract year", "payment group", "cohort", "date", "time")):
    name = draw(st.sampled_from(names))
    rows = draw(st.sampled_from(TABLES[name]))
    return {f"by {name}": {row: draw(leaf) for row in rows}}


@st.composite
def follows(draw, earlier):
    kind = draw(
        st.sampled_from(
            ["bare", "after", "sustained", "sustained", "clock", "clock", "clock", "start", "event"]
        )
    )
    if kind == "start":
        return {"start": draw(st.sampled_from(["enrolment", "referral"])), "after": draw(LENGTHS)}
    if kind == "event":
        return {"event": "gained", "after": draw(LENGTHS)}
    named = draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=2, unique=True))
    said = {"outcome": " or ".join(named)}
    if kind == "after":
        said["after"] = draw(LENGTHS)
    if kind in ("sustained", "clock"):
        said["sustained for"] = draw(LENGTHS)
    if kind == "clock":
        said["clock restarts on"] = "lost"
        for key, strategy in {
            "starts again on": st.just("gained"), "continues on": st.just("moved"),
            "gaps up to": st.sampled_from(["1 week", "28 days"]), "time in gaps counts": st.just("yes"),
        }.items():  # fmt: skip
            if draw(st.booleans()):
                said[key] = draw(strategy)
        if "gaps up to" in said and draw(st.booleans()):
            said["gaps in total"] = draw(st.sampled_from(["2 weeks", "5 weeks"]))
    return said


@st.composite
def outcomes(draw, earlier, rates):
    leaf = st.fixed_dictionaries({"council": AMOUNTS, "health": AMOUNTS}) if rates else AMOUNTS
    rule = {"pays": draw(st.one_of(leaf, leaf, tables(leaf), tables(leaf, ("volume",))))}
    often = draw(st.sampled_from(
        ["person", "person", "enrolment", "person each quarter", "2 per person", "2 per person each contract year",
         "2 per contract", "1 per provider", "2 per cohort each quarter", "repeatable"]
    ))  # fmt: skip
    if often == "repeatable":
        rule["repeatable"] = "yes"
    else:
        rule["at most" if often[0].isdigit() else "once per"] = often
    optional = {
        "at least apart": LENGTHS,
        "within": st.tuples(st.sampled_from(["3 months", "26 weeks"]), st.sampled_from(["start", "referral", *earlier]))
        .map(" of ".join),
        "achieved": st.just("2015-02-01 to 2016-06-30"),
        "claim within": LENGTHS,
        "claim after": LENGTHS,
        "evidence": st.sampled_from([["letter or form"], ["letter", "form"]]),
        "evidence alternates": st.sampled_from([["letter", "form or call"], ["letter", "form", "call"]]),
        "void if": st.sampled_from([{"event": "lost"}, {"event": "lost or moved", "within": "4 weeks"}]),
        "quantity": st.just({"unit": "days", "allowed": "1 to 3"}),
        "taper": st.one_of(SHARES, tables(SHARES)),
        "deadweight": SHARES,
        "verification": st.sampled_from(["required", "not required"]),
        "price by": st.sampled_from(["start", "claimed"]),
        "who": st.just([{"payment group": ["esa"]}]),
    }  # fmt: skip
    if not rates:
        optional["payers"] = st.sampled_from([{"health": "1"}, {"council": "1/7", "health": "6/7"}])
    for key, strategy in optional.items():
        value = draw(sometimes(strategy, none=9))
        if value is not None:
            rule[key] = value
    if ("evidence" in rule or "evidence alternates" in rule) and draw(st.booleans()):
        rule["evidence within"] = draw(LENGTHS)
    if earlier and draw(st.integers(0, 2)) == 0:
        rule["follows"] = draw(st.lists(follows(earlier), min_size=1, max_size=2))
    return rule


def _caps(codes):
    some = st.sampled_from(["0", "50", "120.01", "2000"])
    return st.fixed_dictionaries({}, optional={
        "per person": some,
        "per outcome": st.one_of(some, st.fixed_dictionaries({codes[0]: some})),
        "per cohort": st.one_of(some, st.fixed_dictionaries({"early": some})),
        "per provider": some,
        "per quarter": st.one_of(some, st.fixed_dictionaries({"2015-Q2": some})),
        "per contract year": st.one_of(some, st.fixed_dictionaries({"1": some, "2": some})),
        "per period": st.fixed_dictionaries({"2015-02-01 to 2015-08-31": some}),
        "contract": some,
        "per payer": st.fixed_dictionaries({}, optional={"council": some, "health": some}),
    })  # fmt: skip


@st.composite
def contracts(draw, amended=True):
    codes = [f"o{i}" for i in range(draw(st.sampled_from([1, 2, 3, 3, 4])))]
    rates = draw(st.integers(0, 3)) == 0
    terms = {
        "contract": "made",
        "currency": draw(st.sampled_from(["GBP", "GBP", "GBP", "KWD"])),
        "runs": {"from": "2015-01-01", "to": "2016-06-30"},
        "parties": {"payers": ["council", "health"] if rates else draw(st.sampled_from(
            [{"council": "2/3", "health": "1/3"}, {"council": "1/2", "health": "1/2"}, {"council": "1", "health": "0"}]
        ))},
        "verification": draw(st.sampled_from(["required", "not required", "not required", "not required"])),
        "outcomes": {},
    }  # fmt: skip
    for key, strategy in {
        "calendar": st.fixed_dictionaries({"holidays": st.just("none")}, optional={
            "months end": st.just("next month"), "first day counts": st.just("yes")}),
        "dates": st.fixed_dictionaries({}, optional={
            "terms by": st.sampled_from(["claimed", "start"]), "price by": st.sampled_from(["start", "claimed"]),
            "period by": st.sampled_from(["claimed", "start"])}),
        "cohorts": st.just(SPANS),
        "taper": st.just({"by contract year": {"1": "100%", "2": "50%"}}),
        "deadweight": st.just("1/6"),
    }.items():  # fmt: skip
        value = draw(sometimes(strategy, none=3) if key != "calendar" else strategy)
        if value is not None:
            terms[key] = value
    who = draw(sometimes(none=5, strategy=st.sampled_from([
        [{"age at enrolment": "18 to 24"}], [{"payment group": GROUPS}], [{"started": "2015-01-01 to 2015-04-30"}]
    ])))  # fmt: skip
    if who:
        terms["who"] = who
    for key, value in {"outcomes until": "2016-12-31", "claims until": "2017-01-31"}.items():
        if draw(st.booleans()):
            terms["runs"][key] = value
    for i, code in enumerate(codes):
        terms["outcomes"][code] = draw(outcomes(codes[:i], rates))
    _whole(draw, terms, codes)
    if amended and draw(st.integers(0, 2)) == 0:
        terms["amendments"] = draw(st.lists(_amendments(codes, rates), min_size=1, max_size=3))
    return terms


def _whole(draw, terms, codes):
    """Add what bears on several outcomes at once."""
    if len(codes) > 1 and draw(st.integers(0, 3)) == 0:
        group = {"one of": [codes[:1], codes[1:]]}
        if draw(st.booleans()):
            group["per"] = "enrolment"
        elif "volume" not in json.dumps(terms["outcomes"]) and draw(st.booleans()):
            group["keep"] = "highest"
        terms["either or"] = {"sides": group}
    if draw(st.booleans()):
        terms["caps"] = draw(_caps(codes))
        if draw(st.booleans()):
            terms["when a payer's cap is reached"] = draw(st.sampled_from(
                [{"council": "health"}, {"council": "health", "health": "council"}, {"health": "lost"}]
            ))  # fmt: skip


@st.composite
def _amendments(draw, codes, rates):
    leaf = st.fixed_dictionaries({"council": AMOUNTS, "health": AMOUNTS}) if rates else AMOUNTS
    code = draw(st.sampled_from(codes))
    changes = draw(st.sampled_from(["price", "price", "cap", "once", "who", "new"]))
    made = {
        # A price is replaced whole only when it was a plain amount: by-tables would be laid over one another.
        "price": {"outcomes": {code: {"taper": draw(SHARES)}}},
        "cap": {"caps": {"contract": "75"}},
        "once": {"outcomes": {code: {"deadweight": None}}},
        "who": {"verification": "not required"},
        "new": {"outcomes": {"late": {"pays": draw(leaf), "once per": "person"}}},
    }[changes]
    return {"agreed": draw(DAYS).isoformat(), "takes effect": draw(DAYS).isoformat(), "changes": made}


@st.composite
def records(draw, codes, versions=True):
    rows = {name: [] for name in ("people", "enrolments", "achievements", "verifications", "events")}
    for p in range(draw(st.integers(1, 3))):
        person = f"p{p}"
        rows["people"].append(
            {"person_id": person, "birth_year": draw(sometimes(st.sampled_from([1990, 1996, 1997])))}
        )
        for e in range(draw(st.sampled_from([0, 1, 1, 1, 1, 1, 2]))):
            start = draw(sometimes(EARLY, none=1) if draw(st.integers(0, 4)) == 0 else EARLY)
            rows["enrolments"].append({
                "enrolment_id": f"{person}e{e}", "person_id": person, "provider_id": draw(st.sampled_from([None, "x", "y"])),
                "started_on": start and start.isoformat(),
                "referred_on": draw(sometimes(st.just("2015-01-01"), none=1)),
                "age_at_start": draw(st.sampled_from([None, 18, 20, 20, 24, 25])),
                "payment_group": draw(st.sampled_from([None, "esa", "esa", "jsa", "jsa", "jsa"])),
                "cohort": draw(st.sampled_from([None, "early", "late"])),
            })  # fmt: skip
        for k in range(draw(st.integers(0, 4))):
            rows["events"].append({
                "event_id": f"{person}v{k}", "person_id": person, "kind": draw(st.sampled_from(["lost", "lost", "gained", "moved"])),
                "occurred_on": draw(DAYS).isoformat(),
            })  # fmt: skip
        for _ in range(draw(st.integers(0, 6))):
            _achievement(draw, rows, person, codes, versions)
    return rows


def _achievement(draw, rows, person, codes, versions):
    number = len({row["achievement_id"] for row in rows["achievements"]})
    on = draw(DAYS)
    late = draw(st.sampled_from([None, 0, 0, 0, 7, 60]))
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
    own = [row["enrolment_id"] for row in rows["enrolments"] if row["person_id"] == person]
    row = {
        "achievement_id": f"a{number}", "person_id": person, "outcome": draw(st.sampled_from(codes)),
        "achieved_on": on.isoformat(), "claimed_on": None if late is None else (on + dt.timedelta(days=late)).isoformat(),
        "sustained_to": draw(sometimes(st.just((on + dt.timedelta(days=35)).isoformat()), none=3)),
        "quantity": draw(st.sampled_from([None, None, None, "2", "2.5", "0.3333", "0"])),
        "provider_id": draw(st.sampled_from([None, None, "x", "y"])),
        "enrolment_id": draw(sometimes(st.sampled_from(own), none=3)) if own else None,
        "evidence_kinds": kinds, "evidence_dates": [(on + dt.timedelta(days=draw(st.sampled_from([0, 3, 40])))).isoformat() for _ in kinds],
    }  # fmt: skip
    rows["achievements"].append(row)
    for n in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        rows["verifications"].append({
            "verification_id": f"f{number}-{n}", "achievement_id": row["achievement_id"],
            "state": draw(st.sampled_from(["accepted", "accepted", "accepted", "queried", "refused"])),
            "verified_on": (on + dt.timedelta(days=draw(st.sampled_from([0, 10, 90])))).isoformat(),
        })  # fmt: skip
    if versions and draw(st.integers(0, 5)) == 0:
        # Nothing is recorded before it happens.
        recorded = on + dt.timedelta(days=90 + draw(st.sampled_from([0, 30, 200])))
        row.update(version=1, recorded_at=f"{recorded.isoformat()}T09:00:00Z")
        again = recorded + dt.timedelta(days=draw(st.sampled_from([0, 30, 200])))
        change = draw(st.sampled_from([{}, {"quantity": "2"}, {"withdrawn": "true"}]))
        rows["achievements"].append(
            {**row, "version": 2, "recorded_at": f"{again.isoformat()}T10:00:00Z", **change}
        )


@st.composite
def cases(draw, **options):
    """Terms, records that mostly claim their outcomes, and a day of pricing."""
    terms = draw(contracts(**options))
    codes = list(terms["outcomes"])
    rows = draw(records([*codes * 4, *(["late"] if "amendments" in terms else []), "unknown"]))
    return terms, rows, draw(AS_OF)


@st.composite
def clock_cases(draw):
    """One state that can be lost and regained, and two outcomes that need it to last."""
    chain = follows(["home"]).filter(lambda said: "clock restarts on" in said)
    terms = {
        "contract": "made", "currency": "GBP", "runs": {"from": "2015-01-01", "to": "2016-12-31"},
        "parties": {"payers": {"council": "1"}}, "verification": draw(st.sampled_from(["required", "not required"])),
        "calendar": {"holidays": "none", "first day counts": draw(st.sampled_from(["yes", "no"]))},
        "outcomes": {
            "home": {"pays": "10", draw(st.sampled_from(["repeatable", "once per"])): "yes"},
            "kept": {"pays": "100", "once per": "person", "follows": [draw(chain)]},
            "again": {"pays": {"by time": {"1": "7", "at least 2": "3"}}, "at most": "2 per person", "at least apart": "4 weeks",
                      "follows": [draw(chain), {"outcome": "kept", "after": draw(LENGTHS)}][: draw(st.integers(1, 2))]},
        },
    }  # fmt: skip
    if "once per" in terms["outcomes"]["home"]:
        terms["outcomes"]["home"]["once per"] = "person"
    rows = {name: [] for name in ("people", "achievements", "verifications", "events")}
    rows["people"].append({"person_id": "p"})
    claimed = [
        "home",
        *draw(st.lists(st.sampled_from(["home", "kept", "kept", "again", "again"]), max_size=6)),
    ]
    for n, code in enumerate(claimed):
        on = (
            draw(CLOSE)
            if code == "home"
            else draw(CLOSE) + dt.timedelta(days=draw(st.sampled_from([0, 28, 91])))
        )
        rows["achievements"].append({
            "achievement_id": f"a{n}", "person_id": "p", "outcome": code, "achieved_on": on.isoformat(),
            "claimed_on": on.isoformat(),
            "sustained_to": draw(sometimes(st.just((on + dt.timedelta(days=35)).isoformat()), none=3)),
        })  # fmt: skip
        state = draw(st.sampled_from(["accepted", "accepted", "accepted", "queried", "refused", None]))
        if state:
            rows["verifications"].append({"verification_id": f"v{n}", "achievement_id": f"a{n}", "state": state,
                                          "verified_on": on.isoformat()})  # fmt: skip
    for n, kind in enumerate(
        draw(st.lists(st.sampled_from(["lost", "lost", "gained", "moved"]), max_size=7))
    ):
        rows["events"].append(
            {"event_id": f"e{n}", "person_id": "p", "kind": kind, "occurred_on": draw(CLOSE).isoformat()}
        )
    return terms, rows, LATE


#: Few days, so that losses, gains and moves fall together.
CLOSE = st.integers(1, 40).map(lambda n: FIRST + dt.timedelta(days=4 * n))
LATE = dt.date(2018, 1, 1)
AS_OF = st.sampled_from([LATE] * 3 + [None]).flatmap(lambda day: st.just(day) if day else DAYS)


def dataset(rows):
    return Dataset.from_rows({name: table for name, table in rows.items() if table})


def terms_of(terms):
    return read_terms(parse_terms(json.dumps(terms)))


def engine(terms, rows, as_of):
    return price(terms_of(terms), dataset(rows), as_of)
