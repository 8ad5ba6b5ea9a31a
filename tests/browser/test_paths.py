"""The main path of each role in a real browser, on a small phone and at a desk; and what must never be lost.

Every page on the way must fit its window and the browser must have nothing to complain of.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from browser_widths import DESK, PHONE
from openoutcomes.web.core.navigation import AREAS
from web_claims import achieve, approve, bank, lock, prepare, staff
from web_world import World, make_world

WIDTHS = (PHONE, DESK)
#: Who is known to Harbour Lights, one for each width: what is done at a desk must not be done already.
KNOWN = {PHONE: ("ash", "Ash Example"), DESK: ("blake", "Blake Sample")}


@pytest.fixture
def world(transactional_db: Any) -> World:
    """The partnership of the tests, where the browser's server can see it."""
    del transactional_db
    return make_world()


@dataclass
class Hand:
    """A hand on a phone or a mouse: it counts what it taps and types, and looks at each page it comes to."""

    visitor: Any
    taps: int = 0

    @property
    def page(self) -> Any:
        return self.visitor.page

    def look(self) -> None:
        """Check that the page fits, and that the browser has nothing to say against it."""
        assert self.visitor.too_wide() <= 0, (self.page.url, self.visitor.too_wide())
        assert self.visitor.complaints == [], self.page.url

    def tap(self, role: str, name: str) -> None:
        """Tap something that stays on the page."""
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.taps += 1

    def open(self, role: str, name: str, *, exact: bool = True) -> None:
        """Tap something that leads to another page, and look at it."""
        found = self.page.get_by_role(role, name=name, exact=exact)
        if role == "link":  # one that looks like a button is announced as one
            found = found.or_(
                self.page.locator("a").and_(self.page.get_by_role("button", name=name, exact=exact))
            )
        with self.page.expect_navigation():
            found.first.click()
        self.taps += 1
        self.look()

    def follow(self, name: str, *, exact: bool = True) -> None:
        """Follow a link of the page."""
        self.open("link", name, exact=exact)

    def press(self, name: str) -> None:
        """Press a button that sends the form."""
        self.open("button", name)

    def menu(self, name: str) -> None:
        """Go to a page by the menu: a phone folds it away; where there is room, its area may come first."""
        folded = self.page.locator("summary", has_text="Menu")
        if folded.is_visible():
            folded.click()
            self.taps += 1
        elif not self._places().get_by_role("link", name=name, exact=True).count():
            self._go(next(area.words for area in AREAS if name in [page.words for page in area.pages]))
        self._go(name)

    def _places(self) -> Any:
        return self.page.get_by_role("navigation")

    def _go(self, name: str) -> None:
        with self.page.expect_navigation():
            self._places().get_by_role("link", name=name, exact=True).first.click()
        self.taps += 1
        self.look()

    def choose(self, group: str, name: str) -> None:
        """Choose one of a group of answers."""
        self.page.get_by_role("group", name=group).get_by_label(name, exact=True).check()
        self.taps += 1

    def type(self, label: str, words: str) -> None:
        """Type into a field: one tap with what is typed."""
        self._field(label).fill(words)
        self.taps += 1

    def holds(self, label: str) -> str:
        """Return what a field holds."""
        return str(self._field(label).input_value())

    def _field(self, label: str) -> Any:
        return self.page.locator("input, textarea, select").and_(self.page.get_by_label(label)).first

    def date(self, group: str, day: int, month: int, year: int) -> None:
        """Type a date into its three boxes."""
        boxes = self.page.get_by_role("group", name=group)
        for name, number in (("Day", day), ("Month", month), ("Year", year)):
            boxes.get_by_label(name, exact=True).fill(str(number))
        self.taps += 1

    def sees(self, *words: str) -> None:
        """Check that the page says all this."""
        said = " ".join(self.page.locator("main").inner_text().split())
        for one in words:
            assert one in said, (one, self.page.url, said[:3000])


@pytest.fixture
def hand(visit: Any, world: World) -> Any:
    """Give somebody a hand at their home page: ``hand("verifier", PHONE)``."""

    def make(name: str, width: int, **kwargs: Any) -> Hand:
        made = Hand(visit(world.client(name), width, **kwargs))
        made.visitor.go(world.url("home"))
        made.look()
        return made

    return make


def _records(world: World, table: str, who: str) -> list[Any]:
    from openoutcomes.web.records.models import Record

    rows = Record.of(world.partnership).filter(table=table, person=world.people[who], current=True)
    return [row.values for row in rows]


# Each role


def test_a_practitioner_records_support_for_a_known_person_in_eight_taps(hand: Any, world: World) -> None:
    for width in WIDTHS:
        who, name = KNOWN[width]
        worker = hand("practitioner", width)
        began = time.monotonic()
        worker.menu("People")
        worker.type("Find somebody", name.lower()[:5])
        worker.follow(f"Add what happened with {name}")
        worker.choose("How long", "30 minutes")
        worker.type("What happened", "Looked at two flats together.")
        worker.press("Save")
        taken = time.monotonic() - began
        worker.sees("Support added")
        assert [one["hours"] for one in _records(world, "activities", who)] == ["0.5"]
        assert worker.taps <= 8
        assert taken < 60


def test_a_practitioner_records_an_outcome_and_sees_what_it_would_pay(hand: Any, world: World) -> None:
    for width in WIDTHS:
        who, name = KNOWN[width]
        worker = hand("practitioner", width)
        worker.menu("People")
        worker.follow(name)
        worker.follow("Outcome")
        worker.follow("Home entry")
        worker.date("When was it achieved?", 3, 3, 2025)
        worker.date("Date on the tenancy agreement", 3, 3, 2025)
        worker.page.get_by_text("£500.00").first.wait_for()  # said while it is typed
        worker.press("Continue")
        worker.sees("Check and save", "£500.00")
        worker.press("Save the outcome")
        worker.sees("The outcome was recorded.", "Not yet checked")
        assert [one["outcome"] for one in _records(world, "achievements", who)] == ["home-entry"]


def test_a_verifier_looks_at_the_evidence_and_accepts(hand: Any, world: World) -> None:
    for width in WIDTHS:
        who, name = KNOWN[width]
        achieve(world, who, accepted=False)
        verifier = hand("verifier", width)
        verifier.menu("Verification")
        verifier.page.locator("main a[href*='/verification/outcome/']").first.click()
        verifier.page.get_by_role("button", name="Save what you found").wait_for()
        verifier.look()
        assert name not in verifier.page.content()
        verifier.choose("What did you find?", "Accept: the evidence shows it")
        verifier.press("Save what you found")
        verifier.sees("The outcome was accepted.", "Nothing waits to be verified")


def test_a_manager_prepares_looks_and_submits_a_claim(hand: Any, world: World) -> None:
    for width in WIDTHS:
        achieve(world, KNOWN[width][0])
        manager = hand("provider_manager", width)
        manager.menu("Claims")
        manager.follow("Prepare a claim")
        manager.press("Price the claim")
        manager.sees("£500.00")
        manager.page.locator("main a[href*='/lines/']").filter(has_text="Home entry").first.click()
        manager.page.get_by_role("heading", name="The rule").wait_for()
        manager.look()
        manager.page.go_back()
        manager.follow("Submit the claim")
        manager.press("Submit the claim")
        manager.sees("was submitted: £500.00 is claimed")


def _claims(world: World) -> Any:
    """Give a locked claim for each width, of what somebody else achieved."""
    staff(world)
    for number, width in enumerate(WIDTHS, start=1):
        achieve(world, KNOWN[width][0])
        claim = prepare(world, f"2025-Q{number}")
        lock(world, claim)
        yield width, claim


def test_a_commissioner_approves_a_claim(hand: Any, world: World) -> None:
    for width, claim in _claims(world):
        commissioner = hand("commissioner", width)
        commissioner.menu("Claims")
        commissioner.follow(claim.label)
        commissioner.follow("Approve £333.33 for Kirkdale Council")
        commissioner.press("Approve")
        commissioner.sees("1 line approved for Kirkdale Council")


def test_finance_pays_what_is_approved(hand: Any, world: World) -> None:
    for width, claim in _claims(world):
        if width == PHONE:
            bank(world)
        approve(world, claim)
        finance = hand("finance", width)
        finance.menu("Payments")
        finance.follow("Approved and unpaid")
        finance.follow(claim.label)
        finance.type("Bank reference", "BACS 001")
        finance.press("Record the payment")
        finance.sees("The payment was recorded.", "£333.33 paid by Kirkdale Council")


def test_an_investor_reads_where_the_money_stands_and_a_statement(hand: Any, world: World) -> None:
    for width, claim in _claims(world):
        approve(world, claim)
        investor = hand("investor", width)
        investor.menu("Payments")
        investor.sees("Where the money stands", "£500.00" if width == PHONE else "£1,000.00")
        investor.follow("Harbour Lights")
        investor.sees("Statement of Harbour Lights", "£333.33")
        investor.menu("Claims")
        investor.follow(claim.label)
        assert not investor.page.get_by_role("button", name="Approve").count()


def test_a_coordinator_sees_results_and_chooses_outcomes(hand: Any, world: World) -> None:
    for width in WIDTHS:
        coordinator = hand("coordinator", width)
        coordinator.menu("Results")
        coordinator.follow("What recording costs")
        coordinator.menu("Partnership")
        coordinator.page.locator("main").get_by_role("link", name="Outcomes", exact=True).click()
        coordinator.page.get_by_role("heading", level=1, name="Outcomes").wait_for()
        coordinator.look()
        coordinator.menu("Contracts")
        coordinator.follow("Front Door")
        coordinator.sees("£500")
        assert not coordinator.page.get_by_role("navigation", name="Menu").get_by_text("People").count()
    del world


def test_an_evaluator_reads_results_that_name_nobody(hand: Any, world: World) -> None:
    for width in WIDTHS:
        evaluator = hand("evaluator", width)
        evaluator.menu("Results")
        evaluator.sees("Results", "Download as CSV")
        for one in world.people.values():
            assert one.person_id not in evaluator.page.content()


def test_an_administrator_invites_somebody_and_can_erase(hand: Any, world: World) -> None:
    from django.core import mail

    for width in WIDTHS:
        administrator = hand("administrator", width)
        administrator.menu("Partnership")
        administrator.follow("People who work here")
        administrator.follow("Invite somebody")
        address = f"new-{width}@kirkdale.example"
        administrator.type("Email address", address)
        administrator.choose(
            "Role", "Verifier. Checks outcomes against their evidence, independently of providers."
        )
        administrator.press("Send the invitation")
        administrator.sees(f"An invitation is on its way to {address}")
        assert mail.outbox[-1].to == [address]
        administrator.menu("Records and audit")
        administrator.follow("Erase a person")
        administrator.type("Type the person's id to erase them", world.people["ash"].person_id)
        assert administrator.page.get_by_role("button", name="Erase for good").is_visible()


def test_a_person_supported_reads_their_own_page(hand: Any, world: World) -> None:
    for width in WIDTHS:
        person = hand("person", width)
        person.menu("Your page")
        person.sees("Hello Ash Example", "Who works with you", "Who looked or changed something")
    del world


def test_a_group_leader_takes_a_register(hand: Any, world: World) -> None:
    for width in WIDTHS:
        leader = hand("practitioner", width)
        leader.menu("Groups")
        leader.follow("Add a group")
        leader.type("Name", f"Garden at {width}")
        leader.press("Save")
        leader.follow("Take a register")
        leader.type("Newcomers", f"Fern of {width}\nIvy of {width}")
        leader.press("Save the register")
        leader.sees("The register was saved: 2 people came.")
        leader.follow("Take a register")
        leader.choose("Who came?", f"Fern of {width}")
        leader.press("Save the register")
        leader.sees("There is a register for this day already")
        leader.tap("checkbox", "The group met a second time that day")
        leader.press("Save the register")
        leader.sees("The register was saved: 1 person came.", "2 different people came")
    del world


# Ways of working


_FOCUSED = """() => {
    const at = document.activeElement;
    const labels = at.labels ? [...at.labels].map(one => one.innerText) : [];
    return [(at.innerText || labels.join(" ") || at.getAttribute("aria-label") || "").trim(), at.tagName];
}"""


def _tab_to(page: Any, name: str) -> None:
    """Go on by Tab alone to what has this name."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said, tag = page.evaluate(_FOCUSED)
        if tag != "BODY" and said.split("\n")[0] == name:
            _shows_focus(page, name)
            return
    pytest.fail(f"Tab never came to {name!r} on {page.url}")


def _shows_focus(page: Any, name: str) -> None:
    """Check that what has the focus looks otherwise than without it."""
    box = page.evaluate(
        """() => {
            const at = document.activeElement;
            at.scrollIntoView({block: "center"});
            const it = at.getBoundingClientRect();
            return {x: it.x, y: it.y, width: it.width, height: it.height};
        }"""
    )
    clip = {
        "x": max(box["x"] - 6, 0), "y": max(box["y"] - 6, 0), "width": box["width"] + 12,
        "height": min(box["height"] + 12, 700),
    }  # fmt: skip
    focused = page.screenshot(clip=clip)
    page.evaluate("window.ooFocused = document.activeElement; window.ooFocused.blur()")
    plain = page.screenshot(clip=clip)
    page.evaluate("window.ooFocused.focus()")
    assert focused != plain, f"{name!r} looks the same with the focus and without it, on {page.url}"


def test_support_is_recorded_by_keyboard_alone(hand: Any, world: World) -> None:
    worker = hand("practitioner", PHONE)
    page = worker.page
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED)[0] == "Skip to main content"
    _shows_focus(page, "Skip to main content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    page.reload()
    _tab_to(page, "Menu")
    page.keyboard.press("Enter")
    for name in ("People", "Ash Example", "Support"):
        _tab_to(page, name)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    _tab_to(page, "15 minutes")
    page.keyboard.press("Space")
    _tab_to(page, "What happened (optional)")
    page.keyboard.type("A walk to the library.")
    _tab_to(page, "Save")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    worker.look()
    assert [(one["hours"], one["note"]) for one in _records(world, "activities", "ash")] == [
        ("0.25", "A walk to the library.")
    ]


def test_support_is_recorded_without_scripts(hand: Any, world: World) -> None:
    worker = hand("practitioner", PHONE, scripts=False)
    worker.menu("People")
    worker.type("Find somebody", "ash")
    worker.press("Find")
    worker.follow("Add what happened with Ash Example")
    worker.page.get_by_text("1 hour", exact=True).click()
    worker.type("What happened", "Filled in the form together.")
    worker.press("Save draft")
    worker.sees("Your draft is kept.")
    worker.press("Save")
    worker.sees("Support added")
    assert [one["note"] for one in _records(world, "activities", "ash")] == ["Filled in the form together."]


def test_filters_are_folded_on_a_phone_and_opened_without_scripts(hand: Any, world: World) -> None:
    reader = hand("provider_manager", PHONE, scripts=False)
    reader.visitor.go(world.url("audit"))
    filters = reader.page.get_by_label("What, such as merged or claim")
    assert not filters.is_visible()
    reader.page.get_by_text("Filter the list", exact=True).click()
    filters.fill("enrolled")
    reader.press("Show")
    assert filters.is_visible()
    reader.sees("Enrolled a person in a programme")
    reader.look()
    desk = hand("provider_manager", DESK, scripts=False)
    desk.visitor.go(world.url("audit"))
    assert desk.page.get_by_label("What, such as merged or claim").is_visible()
    assert not desk.page.get_by_text("Filter the list", exact=True).is_visible()


def test_a_draft_survives_a_page_that_was_closed(hand: Any, world: World) -> None:
    address = world.url("record_quick", person_id=world.people["ash"].person_id)
    worker = hand("practitioner", PHONE)
    worker.visitor.go(address)
    worker.type("What happened", "She rang while we")
    worker.page.get_by_text("Draft kept", exact=True).wait_for()
    context = worker.page.context
    worker.page.close()
    worker.visitor.page = context.new_page()
    worker.visitor.go(world.url("home"))
    worker.follow("1 unfinished form", exact=False)
    worker.visitor.go(address)
    assert worker.holds("What happened") == "She rang while we"
    worker.press("Save")
    worker.visitor.go(address)
    assert worker.holds("What happened") == ""


def test_a_double_click_makes_one_record(hand: Any, world: World) -> None:
    address = world.url("record_quick", person_id=world.people["ash"].person_id)
    for number, scripts in enumerate((True, False), start=1):
        worker = hand("practitioner", DESK, scripts=scripts)
        worker.visitor.go(address)
        worker.type("What happened", f"Click {number}")
        worker.page.get_by_role("button", name="Save", exact=True).dblclick()
        worker.page.get_by_text("Support added").wait_for()
        worker.page.wait_for_load_state("networkidle")
        assert len(_records(world, "activities", "ash")) == number


def test_a_session_that_ends_in_mid_form_loses_nothing(hand: Any, world: World) -> None:
    from django.contrib.sessions.models import Session

    worker = hand("practitioner", PHONE)
    worker.visitor.go(world.url("record_quick", person_id=world.people["ash"].person_id))
    worker.type("What happened", "Long words that took a while.")
    worker.page.get_by_text("Draft kept", exact=True).wait_for()
    Session.objects.all().delete()
    worker.type("What happened", "Long words that took a while, and some more.")
    worker.press("Save")
    worker.type("Email", "practitioner@kirkdale.example")
    worker.type("Password", "correct horse battery")
    worker.press("Sign in")
    assert worker.holds("What happened") == "Long words that took a while, and some more."
    worker.press("Save")
    worker.sees("Support added")
    assert len(_records(world, "activities", "ash")) == 1
