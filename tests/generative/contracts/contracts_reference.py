"""A second pricer, written from the rules in words: slow, plain, and apart from the engine.

Terms are the plain dictionary that is written out as YAML; records are plain rows. Everything is
looked up anew each time, nothing is cached, and the clock of ``sustained for`` is walked day by
day. It knows the rules that bear on one another: who, windows, what must come first, evidence,
verification, how often, either-or, prices, tapers, caps, payers, amendments and versions of
records. The engine must agree with it on every line.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from decimal import Decimal
from fractions import Fraction

DAY = dt.timedelta(days=1)
PLACES = {"GBP": 2, "JPY": 0, "KWD": 3}


def day(text):
    return dt.date.fromisoformat(text) if isinstance(text, str) else text


def number(text):
    text = str(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def half_up(value):
    below = value.numerator // value.denominator
    return below + 1 if value - below >= Fraction(1, 2) else below


def in_range(value, text):
    """``18 to 24``, ``at least 5``, ``7``."""
    if text.startswith("at least "):
        return value >= number(text[9:])
    if " to " in text:
        low, high = text.split(" to ")
        return number(low) <= value <= number(high)
    return value == number(text)


def in_days(value, text):
    if text.startswith("from "):
        return value >= day(text[5:])
    low, high = text.split(" to ")
    return day(low) <= value <= day(high)


class Dates:
    """Counting of dates, as named under ``calendar``."""

    def __init__(self, terms):
        said = terms.get("calendar", {})
        self.next_month = said.get("months end") == "next month"
        self.first_counts = said.get("first day counts") == "yes"
        self.begins = day(terms["runs"]["from"])

    def months_later(self, start, count):
        year, month = start.year, start.month
        for _ in range(count):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        last = months.monthrange(year, month)[1]
        if start.day <= last:
            return dt.date(year, month, start.day)
        return dt.date(year, month, last) + (DAY if self.next_month else 0 * DAY)

    def add(self, start, length):
        count, unit = length.split(" ", 1)
        count, unit = int(count), unit.rstrip("s")
        if unit == "working day":
            # Terms here name no holidays.
            left = count - 1 if self.first_counts and count and start.weekday() < 5 else count
            while left > 0:
                start += DAY
                left -= start.weekday() < 5
            return start
        if unit in ("month", "year"):
            end = self.months_later(start, count * (12 if unit == "year" else 1))
        else:
            end = start + count * (7 if unit == "week" else 1) * DAY
        return end - DAY if self.first_counts else end

    def contract_year(self, on):
        year = 1 if on >= self.begins else 0  # no test goes back further
        while self.months_later(self.begins, 12 * year) <= on:
            year += 1
        return year

    def period(self, on, kind):
        if kind == "quarter":
            return f"{on.year}-Q{(on.month + 2) // 3}"
        if kind == "contract year":
            return f"year {self.contract_year(on)}"
        return {"month": f"{on:%Y-%m}", "calendar year": str(on.year)}[kind]


def laid_over(base, change):
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = laid_over(result[key], value) if key in result else value
    return result


def known(rows, key, own_dates, as_of):
    """The latest version of each record known on the day, less the withdrawn."""
    best = {}
    for row in rows:
        learnt = row.get("recorded_at") or next((row[d] for d in own_dates if row.get(d)), None)
        if learnt is not None and day(str(learnt)[:10]) > as_of:
            continue
        other = best.get(row[key])
        if other is None or int(row.get("version") or 1) > int(other.get("version") or 1):
            best[row[key]] = row
    return [row for row in best.values() if str(row.get("withdrawn")).lower() != "true"]


class MissingError(Exception):
    """A by-table has no value: ``recorded`` says whether the fact itself is there."""

    def __init__(self, recorded):
        super().__init__()
        self.recorded = recorded


class Claim:
    def __init__(self, row, pricer):
        self.row = row
        self.id, self.person, self.code = row["achievement_id"], row["person_id"], row["outcome"]
        self.on, self.claimed = day(row["achieved_on"]), day(row.get("claimed_on"))
        self.shown_to = max(self.on, day(row.get("sustained_to")) or self.on)
        self.quantity = Fraction(str(row.get("quantity") or 1))
        self.enrolment = pricer.enrolment_of(row)
        self.provider = row.get("provider_id") or (self.enrolment or {}).get("provider_id")
        self.finding = pricer.findings.get(self.id)
        self.time = self.volume = None
        self.status, self.unripe, self.side_used = "payable", False, None
        self.gross = self.net = self.amount = self.held = self.reduced = self.refused = 0
        self.payers = {}
        self.weights = []
        self.terms = pricer.terms_for(self)
        self.rule = self.terms["outcomes"].get(self.code)
        self.order = list(self.terms["outcomes"]).index(self.code) if self.rule else 1_000_000

    def date(self, basis):
        if basis == "achieved":
            return self.on
        if basis == "claimed":
            return self.claimed
        return day((self.enrolment or {}).get("started_on" if basis == "start" else "referred_on"))

    @property
    def cohort(self):
        named = self.terms.get("cohorts", "as recorded")
        if named == "as recorded":
            return (self.enrolment or {}).get("cohort")
        start = self.date("start")
        return next((name for name, span in named.items() if start and in_days(start, span)), None)

    def fact(self, name):
        basis = self.rule.get("price by") or self.terms.get("dates", {}).get("price by", "achieved")
        on = self.date(basis)
        return {
            "payment group": (self.enrolment or {}).get("payment_group"),
            "cohort": self.cohort,
            "time": self.time,
            "volume": self.volume,
            "date": on,
            "contract year": Dates(self.terms).contract_year(on) if on else None,
        }[name]


class Reference:
    """Prices terms (a dict) on rows (a dict of lists of dicts) as known on a day."""

    def __init__(self, terms, rows, as_of):
        self.as_of = as_of
        agreed = [a for a in terms.get("amendments", []) if day(a["agreed"]) <= as_of]
        agreed.sort(key=lambda a: day(a["takes effect"]))
        self.versions = [(None, terms)]
        for amendment in agreed:
            changed = laid_over(self.versions[-1][1], amendment["changes"])
            self.versions.append((day(amendment["takes effect"]), changed))
        self.latest = self.versions[-1][1]
        self.people = {row["person_id"]: row for row in known(rows.get("people", []), "person_id", [], as_of)}
        self.enrolments = known(rows.get("enrolments", []), "enrolment_id", [], as_of)
        self.enrolments.sort(key=lambda e: (e.get("started_on") or "", e["enrolment_id"]))
        self.events = known(rows.get("events", []), "event_id", ["occurred_on"], as_of)
        self.findings = {}
        found = known(rows.get("verifications", []), "verification_id", ["verified_on"], as_of)
        for finding in sorted(found, key=lambda f: (f["verified_on"], f["verification_id"])):
            if day(finding["verified_on"]) <= as_of:
                self.findings[finding["achievement_id"]] = finding["state"]
        achievements = known(
            rows.get("achievements", []), "achievement_id", ["claimed_on", "achieved_on"], as_of
        )
        mine = [a for a in achievements if a.get("contract_id") in (None, terms["contract"])]
        self.claims = [Claim(row, self) for row in mine]

    # Which terms and which enrolment -----------------------------------------------------

    def terms_for(self, claim):
        chosen = claim.date(self.latest.get("dates", {}).get("terms by", "achieved")) or claim.on
        return [terms for effect, terms in self.versions if effect is None or effect <= chosen][-1]

    def enrolment_of(self, row):
        if row.get("enrolment_id"):
            return next((e for e in self.enrolments if e["enrolment_id"] == row["enrolment_id"]), None)
        among = [e for e in self.enrolments if e["person_id"] == row["person_id"]]
        provider = row.get("provider_id")
        if provider and len(among) > 1:
            among = [e for e in among if e.get("provider_id") in (provider, None)] or among
        begun = [e for e in among if e.get("started_on") and e["started_on"] <= row["achieved_on"]]
        return begun[-1] if begun else (among[0] if among else None)

    def depth(self, terms, code):
        rule = terms["outcomes"].get(code)
        if rule is None:
            return 0
        before = [
            name for f in rule.get("follows", []) for name in f.get("outcome", "").split(" or ") if name
        ]
        window = rule.get("within", "").partition(" of ")[2]
        before += [window] if window in terms["outcomes"] else []
        return max((1 + self.depth(terms, name) for name in before), default=0)

    # The whole ---------------------------------------------------------------------------

    def price(self):
        for person in sorted({claim.person for claim in self.claims}):
            mine = [claim for claim in self.claims if claim.person == person]
            mine.sort(key=lambda c: (c.on, self.depth(c.terms, c.code), c.order if c.rule else -1, c.id))
            self.judge_person(mine)
        self.settle(sorted(self.claims, key=lambda c: (c.on, c.order, c.id)))
        return {claim.id: claim for claim in self.claims}

    def judge_person(self, claims):
        self.facts, self.placed, self.milestones = [], [], {}
        for claim in claims:
            if claim.rule is None:
                claim.status = "refused"
                continue
            refusals, waits, claim.unripe = self.merit(claim)
            if refusals:
                claim.status = "refused"
                continue
            self.facts.append((claim.code, claim.on, claim.id, not waits))
            claim.status = "held" if waits else "payable"
            if claim.unripe:
                continue
            if not self.take_place(claim):
                claim.status = "refused"
            elif not waits and claim.rule.get("evidence alternates"):
                self.milestones[str(claim.rule["evidence alternates"])] = claim.side_used
        for claim in claims:
            if claim.unripe and claim.status == "held" and not self.take_place(claim):
                claim.status = "refused"
        for claim in claims:
            if claim.rule is not None and "volume" not in str(claim.rule["pays"]):
                self.value(claim)
        self.keep_highest(claims)

    # Rules -------------------------------------------------------------------------------

    def merit(self, claim):
        """Return (refusals, reasons to wait, whether it is too early)."""
        no, wait = [], []
        terms, rule, dates = claim.terms, claim.rule, Dates(claim.terms)
        for condition in [*terms.get("who", []), *rule.get("who", [])]:
            self.who(claim, condition, no, wait)
        self.windows(claim, rule, dates, no, wait)
        self.claiming(claim, rule, dates, no, wait)
        if "void if" in rule:
            until = (
                dates.add(claim.on, rule["void if"]["within"]) if "within" in rule["void if"] else dt.date.max
            )
            undoing = self.days_of(claim.person, rule["void if"]["event"].split(" or "))
            if any(claim.on <= on <= until for on in undoing):
                no.append("void if")
        if rule.get("verification", terms.get("verification", "required")) == "required":
            {"refused": no, "accepted": []}.get(claim.finding, wait).append("verification")
        early = [self.follows(claim, follows, dates, no, wait) for follows in rule.get("follows", [])]
        self.evidence(claim, rule, dates, wait)
        if "quantity" in rule and not in_range(claim.quantity, rule["quantity"]["allowed"]):
            no.append("quantity")
        return no, wait, any(early) and not no

    def claiming(self, claim, rule, dates, no, wait):
        runs = claim.terms["runs"]
        ends = [day(runs["claims until"])] if "claims until" in runs else []
        ends += [dates.add(claim.on, rule["claim within"])] if "claim within" in rule else []
        if ends and claim.claimed is None:
            wait.append("claim within")
        elif ends and claim.claimed > min(ends):
            no.append("claim within")
        if "claim after" in rule:
            first = dates.add(claim.on, rule["claim after"])
            if self.as_of < first or (claim.claimed and claim.claimed < first):
                wait.append("claim after")

    def who(self, claim, condition, no, wait):
        ((subject, wanted),) = condition.items()
        enrolment = claim.enrolment or {}
        if subject == "age at enrolment":
            age, born = enrolment.get("age_at_start"), self.people.get(claim.person, {}).get("birth_year")
            ages = [int(age)] if age is not None else []
            if claim.enrolment and age is None and born and enrolment.get("started_on"):
                oldest = day(enrolment["started_on"]).year - int(born)
                ages = [oldest - 1, oldest]
            fits = [in_range(one, wanted) for one in ages]
            if not ages or (any(fits) and not all(fits)):
                wait.append("who")
            elif not any(fits):
                no.append("who")
            return
        if subject == "started":
            on = claim.date("start")
            (wait if on is None else no if not in_days(on, wanted) else []).append("who")
            return
        value = enrolment.get("payment_group")
        (wait if value is None else no if value not in wanted else []).append("who")

    def windows(self, claim, rule, dates, no, wait):
        runs = claim.terms["runs"]
        last = runs.get("outcomes until") or runs.get("to")
        if claim.on < day(runs["from"]) or claim.on > day(last):
            no.append("runs")
        if claim.on > self.as_of:
            wait.append("date")
        if "achieved" in rule and not in_days(claim.on, rule["achieved"]):
            no.append("achieved")
        if "within" not in rule:
            return
        length, of = rule["within"].split(" of ")
        if of in ("start", "referral"):
            begins = claim.date(of)
            if begins is None:
                wait.append("within")
                return
        else:
            begins = next((on for code, on, _, _ in self.facts if code == of), None)
            if begins is None:
                no.append("within")
                return
        if not begins <= claim.on <= dates.add(begins, length):
            no.append("within")

    def days_of(self, person, kinds):
        return sorted(
            day(e["occurred_on"]) for e in self.events if e["person_id"] == person and e["kind"] in kinds
        )

    def follows(self, claim, follows, dates, no, wait):
        """Return whether the time needed has not passed."""
        if "start" in follows:
            start = claim.date("start" if follows["start"] == "enrolment" else "referral")
            if start is None:
                wait.append("follows")
                return False
            starts = [start]
        elif "event" in follows:
            starts = [
                on for on in self.days_of(claim.person, follows["event"].split(" or ")) if on <= claim.on
            ]
        else:
            facts = [f for f in self.facts if f[0] in follows["outcome"].split(" or ") and f[1] <= claim.on]
            accepted = [fact for fact in facts if fact[3]]
            starts = [on for _, on, _, _ in accepted or facts]
            if facts and not accepted:
                wait.append("follows")
        if not starts:
            no.append("follows")
            return False
        length = follows.get("after") or follows.get("sustained for")
        if length is None:
            return False
        state = self.clock(claim, sorted(starts), length, follows, dates)
        if state == "lost":
            no.append("follows")
        elif state == "early":
            wait.append("follows")
        return state == "early"

    def clock(self, claim, starts, length, follows, dates):
        """Walk day by day from the first start; say reached, early or lost."""
        kinds = {key: follows.get(key, "").split(" or ") for key in (
            "clock restarts on", "starts again on", "continues on")}  # fmt: skip
        losses, regained, moves = (self.days_of(claim.person, kinds[key]) for key in kinds)
        starts = {*starts, *(on for on in regained if on >= min(starts))}
        begun = on = min(starts)
        due = dates.add(begun, length)
        gap, away_before, lost_on = follows.get("gaps up to"), 0, None

        def forgiven(back):
            away = (back - lost_on).days
            total = follows.get("gaps in total")
            most = (dates.add(lost_on, total) - lost_on).days if total else None
            in_time = gap is not None and back <= dates.add(lost_on, gap)
            return in_time and (most is None or away_before + away <= most)

        while on <= claim.shown_to:
            if lost_on is not None and on in starts:
                if forgiven(on):
                    away_before += (on - lost_on).days
                    if follows.get("time in gaps counts") != "yes":
                        due += on - lost_on
                else:
                    begun, due, away_before = on, dates.add(on, length), 0
                lost_on = None
            if lost_on is None and on >= due:
                return "reached"
            if lost_on is None and on in losses:
                latest = dates.add(on, gap) if gap else on
                if not any(on <= move <= latest for move in moves):
                    lost_on = on
                    if on in starts and on != begun:
                        # Lost and regained on one day.
                        if not forgiven(on):
                            begun, due, away_before = on, dates.add(on, length), 0
                        lost_on = None
            on += DAY
        if lost_on is None or (gap and claim.shown_to <= dates.add(lost_on, gap)):
            return "early"
        return "lost"

    def evidence(self, claim, rule, dates, wait):
        given = list(claim.row.get("evidence_kinds") or [])
        if "evidence within" in rule:
            dated = list(claim.row.get("evidence_dates") or [])
            given = [
                kind
                for kind, on in zip(given, dated, strict=False)
                if max(claim.on, day(on)) <= dates.add(min(claim.on, day(on)), rule["evidence within"])
            ]
        for line in rule.get("evidence", []):
            if not any(kind in given for kind in line.split(" or ")):
                wait.append("evidence")
        groups = rule.get("evidence alternates")
        if groups:
            usable = [
                i for i, group in enumerate(groups) if any(kind in given for kind in group.split(" or "))
            ]
            last = self.milestones.get(str(groups))
            usable = [i for i in usable if i != last]
            claim.side_used = usable[0] if usable else None
            if not usable:
                wait.append("evidence alternates")

    # How often ---------------------------------------------------------------------------

    def limits(self, rule):
        """Yield (most, scope, period) from ``once per`` and ``at most``."""
        said = [f"1 per {rule['once per']}"] if "once per" in rule else []
        said += [rule["at most"]] if "at most" in rule else []
        for text in said:
            most, _, rest = text.partition(" per ")
            scope, _, period = rest.partition(" each ")
            yield int(most), scope, period

    def take_place(self, claim):
        dates = Dates(claim.terms)
        for most, scope, period in self.limits(claim.rule):
            if scope not in ("person", "enrolment"):
                continue
            same = [
                other
                for other in self.placed
                if other.code == claim.code
                and (scope == "person" or self.enrolment_key(other) == self.enrolment_key(claim))
                and (not period or dates.period(other.on, period) == dates.period(claim.on, period))
            ]
            if len(same) >= most:
                return False
        mine = [other for other in self.placed if other.code == claim.code]
        apart = claim.rule.get("at least apart")
        if apart and any(max(claim.on, o.on) < dates.add(min(claim.on, o.on), apart) for o in mine):
            return False
        for group in claim.terms.get("either or", {}).values():
            side = self.side(group, claim.code)
            if side is None or group.get("keep") == "highest":
                continue
            others = [o for o in self.placed if self.side(group, o.code) not in (None, side)]
            if group.get("per") == "enrolment":
                others = [o for o in others if self.enrolment_key(o) == self.enrolment_key(claim)]
            if others:
                return False
        self.placed.append(claim)
        claim.time = len(mine) + 1
        return True

    def enrolment_key(self, claim):
        return claim.enrolment["enrolment_id"] if claim.enrolment else None

    def side(self, group, code):
        return next((i for i, side in enumerate(group["one of"]) if code in side), None)

    def keep_highest(self, claims):
        names = {
            name
            for c in claims
            for name, g in c.terms.get("either or", {}).items()
            if g.get("keep") == "highest"
        }
        for name in sorted(names):
            sums, members = {}, []
            for claim in claims:
                group = claim.terms.get("either or", {}).get(name)
                side = self.side(group, claim.code) if group and claim.rule else None
                if side is None or claim.status == "refused":
                    continue
                sums[side] = sums.get(side, 0) + claim.net
                members.append((side, claim))
            best = next((side for side in sums if sums[side] == max(sums.values())), None)
            for side, claim in members:
                if side != best:
                    claim.status = "refused"

    # Money -------------------------------------------------------------------------------

    def table(self, value, claim):
        while isinstance(value, dict) and any(key.startswith("by ") for key in value):
            ((name, rows),) = value.items()
            name = name.removeprefix("by ")
            fact = claim.fact(name)
            if fact is None:
                raise MissingError(recorded=False)
            for row, below in rows.items():
                fits = (
                    fact in row.split(" or ") if name in ("payment group", "cohort")
                    else in_days(fact, row) if name == "date" and row != "otherwise"
                    else row != "otherwise" and in_range(fact, row)
                )  # fmt: skip
                if fits and row != "otherwise":
                    value = below
                    break
            else:
                if "otherwise" not in rows:
                    raise MissingError(recorded=True)
                value = rows["otherwise"]
        return value

    def value(self, claim):
        rule, terms = claim.rule, claim.terms
        try:
            price = self.table(rule["pays"], claim)
            taper = rule.get("taper", terms.get("taper"))
            kept = number(self.table(taper, claim)) if taper is not None else Fraction(1)
            deadweight = rule.get("deadweight", terms.get("deadweight"))
            kept *= 1 - (number(self.table(deadweight, claim)) if deadweight is not None else 0)
        except MissingError as missing:
            if claim.status != "refused":
                claim.status = "refused" if missing.recorded else "held"
            return
        if isinstance(price, dict):
            claim.weights = [(payer, number(rate)) for payer, rate in price.items()]
            amount = sum(rate for _, rate in claim.weights)
        else:
            claim.weights = [
                (p, number(s)) for p, s in (rule.get("payers") or terms["parties"]["payers"]).items()
            ]
            amount = number(price)
        exact = amount * claim.quantity * 10 ** PLACES[terms["currency"]]
        claim.gross, claim.net = half_up(exact), half_up(exact * kept)

    def settle(self, claims):
        counted, volume, used, paid_by = {}, {}, {}, {}
        for claim in claims:
            if claim.rule is None:
                continue
            if claim.status != "refused" and "volume" in str(claim.rule["pays"]):
                claim.volume = volume.get(claim.code, 0) + 1
                self.value(claim)
            if claim.status == "refused":
                claim.refused = claim.gross
                continue
            if self.over_limit(claim, counted):
                claim.status, claim.reduced = "reduced", claim.gross
                continue
            volume[claim.code] = volume.get(claim.code, 0) + 1
            self.pay(claim, used, paid_by)

    def over_limit(self, claim, counted):
        """Whether a limit of the claim's terms is full; else it counts under the limits of all terms."""
        dates, keys = Dates(claim.terms), set()
        for _, terms in self.versions:
            rule = terms["outcomes"].get(claim.code, {})
            for most, scope, period in self.limits(rule):
                if scope in ("person", "enrolment"):
                    continue
                who = {"contract": None, "cohort": claim.cohort, "provider": claim.provider}[scope]
                key = (claim.code, scope, who, period and dates.period(claim.on, period))
                if terms is claim.terms and counted.get(key, 0) >= most:
                    return True
                keys.add(key)
        for key in keys:
            counted[key] = counted.get(key, 0) + 1
        return False

    def caps(self, claim, terms):
        """Yield (key, limit in minor units) of every cap of ``terms`` that bears on a claim."""
        caps, dates = terms.get("caps", {}), Dates(claim.terms)
        on = claim.date(self.latest.get("dates", {}).get("period by", "achieved")) or claim.on
        values = {
            "person": claim.person, "outcome": claim.code, "cohort": claim.cohort, "provider": claim.provider,
            **{kind: dates.period(on, kind) for kind in ("month", "quarter", "calendar year", "contract year")},
        }  # fmt: skip
        for kind, value in values.items():
            said = caps.get(f"per {kind}")
            if said is None or value is None:
                continue
            if not isinstance(said, dict):
                yield (kind, value), said
            for name, amount in said.items() if isinstance(said, dict) else ():
                if value in (name, f"year {name}"):
                    yield (kind, value), amount
        for span, amount in caps.get("per period", {}).items():
            if in_days(on, span):
                yield ("span", span), amount
        if "contract" in caps:
            yield ("contract",), caps["contract"]

    def pay(self, claim, used, paid_by):
        unit = 10 ** PLACES[claim.terms["currency"]]
        room, keys = claim.net, set()
        for _, terms in self.versions if claim.net > 0 else ():
            for key, amount in self.caps(claim, terms):
                keys.add(key)
                if terms is claim.terms:
                    room = min(room, max(0, half_up(number(amount) * unit) - used.get(key, 0)))
        paid = self.payer_caps(claim, self.split(room, claim.weights), paid_by, unit)
        total = sum(paid.values())
        for key in keys:
            used[key] = used.get(key, 0) + total
        for payer, share in paid.items():
            paid_by[payer] = paid_by.get(payer, 0) + share
        claim.payers, claim.reduced = paid, claim.gross - total
        if claim.status == "held":
            claim.held = total
        else:
            claim.amount = total
            claim.status = "reduced" if claim.reduced else "payable"

    def split(self, total, weights):
        """Whole pence first, then a penny each to the largest remainders, the first named first."""
        whole = sum(weight for _, weight in weights)
        if not whole:
            return [(payer, 0) for payer, _ in weights]
        exact = [total * weight / whole for _, weight in weights]
        shares = [int(value) for value in exact]
        while sum(shares) < total:
            left = [value - share for value, share in zip(exact, shares, strict=True)]
            shares[left.index(max(left))] += 1
        return [(payer, share) for (payer, _), share in zip(weights, shares, strict=True)]

    def payer_caps(self, claim, shares, paid_by, unit):
        caps = {
            p: half_up(number(a) * unit) for p, a in claim.terms.get("caps", {}).get("per payer", {}).items()
        }
        passes = claim.terms.get("when a payer's cap is reached", {})
        paid = dict.fromkeys((payer for payer, _ in shares), 0)
        if claim.net <= 0:
            return paid
        for first, share in shares:
            payer, left, seen = first, share, set()
            while left:
                room = caps[payer] - paid_by.get(payer, 0) - paid.get(payer, 0) if payer in caps else left
                now = min(left, max(0, room))
                paid[payer] = paid.get(payer, 0) + now
                left -= now
                seen.add(payer)
                payer = passes.get(payer, "lost")
                if payer == "lost" or payer in seen:
                    break
        return paid


def money(minor, currency):
    return Decimal(minor).scaleb(-PLACES[currency])
