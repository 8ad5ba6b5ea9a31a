"""One outcome from the first meeting to the last payment, through the pages and by nothing else.

The eight steps of "The journey of one outcome" in the design, as far as the platform goes: recorded
through a form (1) into the store with its event (2), verified (3), priced (4), claimed, approved and paid
in the ledger (5), and exported in the open standard (6). Each person signs in as themselves, reads the
page, follows its links and fills in its forms by their labels, without scripts.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openoutcomes.standard.money import format_money
from web_claims import on, staff
from web_pages import Reader, pdf_words
from web_world import TERMS, World, make_user, seat

MET = dt.date(2025, 2, 3)
MOVED_IN = dt.date(2025, 3, 3)
RECORDED = dt.date(2025, 3, 10)
QUERIED = dt.date(2025, 3, 12)
ANSWERED = dt.date(2025, 3, 14)
ACCEPTED = dt.date(2025, 3, 17)
CLAIMED = dt.date(2025, 4, 7)
APPROVED = dt.date(2025, 4, 14)
PAID_PART, PAID_REST = dt.date(2025, 4, 22), dt.date(2025, 5, 1)

NAME = "Rowan Invented"


@dataclass
class Story:
    """The world, and what its people came to know on the way."""

    world: World
    addresses: dict[str, str] = field(default_factory=dict)
    _readers: dict[str, Reader] = field(default_factory=dict)

    def as_(self, name: str) -> Reader:
        """Let somebody open their home page; everybody has a browser of their own."""
        home = self.world.url("home")
        if name not in self._readers:
            self._readers[name] = Reader(self.world.client(name), home)
        self._readers[name].go(home)
        return self._readers[name]

    @property
    def person_id(self) -> str:
        """The id of the person whose story it is."""
        return self.addresses["person"].rstrip("/").rpartition("/")[2]


@pytest.fixture
def story(world: World) -> Story:
    staff(world)
    return Story(world)


def test_one_person_through_every_step(story: Story, tmp_path: Path) -> None:
    _the_link_worker_meets_somebody_and_starts_from_strengths(story)
    _an_outcome_is_recorded_with_what_shows_it(story)
    _the_verifier_asks_and_is_answered_and_accepts(story)
    _the_manager_prices_looks_and_submits(story)
    _whoever_prepared_a_claim_cannot_approve_it(story)
    _both_payers_approve_their_own_part(story)
    _nothing_is_paid_before_the_account_is_checked(story)
    _finance_pays_in_part_and_then_the_rest(story)
    _the_money_walks_back_to_the_rule_the_evidence_and_the_finding(story)
    _everybody_sees_the_same_figures(story)
    _the_statement_agrees_to_the_penny(story)
    _the_journal_is_sound(story, tmp_path)
    _the_person_sees_what_is_held_and_who_looked(story)
    _the_export_passes_the_check_and_prices_as_it_was_known(story, tmp_path)


def _the_link_worker_meets_somebody_and_starts_from_strengths(story: Story) -> None:
    with on(MET):
        worker = story.as_("practitioner")
        worker.follow("People")
        worker.follow("Add a person")
        worker.send("Save", {"Name": NAME, "Programme": "None yet"})
        story.addresses["person"] = worker.page.address
        worker.says(NAME, "was added")
        worker.follow("Add to a programme")
        worker.send("Add to the programme", {"First day of support": MET, "Worker": "practitioner"})
        worker.says("Front Door at Harbour Lights", "since 3 February 2025")
        worker.follow("Strength")
        worker.send("Save", {"In their words": "I keep a garden going."})
        worker.go(story.addresses["person"])
        worker.follow("Goal")
        worker.send("Save", {"What matters to them, in their words": "A front door that I can lock."})
        worker.go(story.addresses["person"])
        worker.follow("Support")
        worker.send("Save", {"How long": "1 hour", "What happened": "Went to see two flats."})
        worker.go(story.addresses["person"])
        worker.says("I keep a garden going.", "A front door that I can lock.", "Went to see two flats.")


def _picture() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 220, 210)).save(made, "PNG")
    return made.getvalue()


def _document() -> bytes:
    import typst

    made = typst.compile(b"Tenancy agreement, page 2 of 2", format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def _an_outcome_is_recorded_with_what_shows_it(story: Story) -> None:
    with on(RECORDED):
        worker = story.as_("practitioner")
        worker.go(story.addresses["person"])
        worker.follow("Outcome")
        worker.says("£500")
        worker.follow("Home entry")
        worker.send(
            "Continue", {"When was it achieved?": MOVED_IN, "Date on the tenancy agreement": MOVED_IN}
        )
        worker.says("Check and save", "£500.00", "as if a verifier had accepted", "Council: £333.33")
        upload = SimpleUploadedFile("page-one.png", _picture(), "image/png")
        worker.send("Save the outcome", {"Tenancy agreement, 3 March 2025": upload})
        worker.says("The outcome was recorded.", "Tenancy agreement")
        story.addresses["outcome"] = worker.page.address


def _the_verifier_asks_and_is_answered_and_accepts(story: Story) -> None:
    with on(QUERIED):
        verifier = story.as_("verifier")
        verifier.follow("Verification")
        verifier.says(story.person_id, "Harbour Lights")
        verifier.go(
            next(address for _, address in verifier.page.links if "/verification/outcome/" in address)
        )
        story.addresses["verified"] = verifier.page.address
        assert NAME not in verifier.page.words, "a verifier needs no name"
        picture = verifier.fetch("Tenancy agreement")
        assert picture["Content-Type"] in ("image/png", "image/jpeg")
        said = {"What did you find?": "Query: ask the provider", "Reason or question": "Where is page two?"}
        verifier.send("Save what you found", said)
        verifier.says("The outcome was queried.")
    with on(ANSWERED):
        worker = story.as_("practitioner")
        worker.says("1 question from a verifier waits for an answer")
        worker.go(story.addresses["outcome"])
        worker.says("Where is page two?")
        worker.follow("Add evidence")
        upload = SimpleUploadedFile("page-two.pdf", _document(), "application/pdf")
        worker.send(
            "Add it", {"What is it?": "Tenancy agreement", "Date on it": MOVED_IN, "Or choose files": upload}
        )
        worker.follow("Answer")
        worker.send("Send the answer", {"Your answer": "Page two is beside it now."})
        worker.says("Page two is beside it now.")
    with on(ACCEPTED):
        verifier = story.as_("verifier")
        verifier.go(story.addresses["verified"])
        verifier.says("Page two is beside it now.")
        verifier.send("Save what you found", {"What did you find?": "Accept: the evidence shows it"})
        verifier.says("The outcome was accepted.")


def _the_manager_prices_looks_and_submits(story: Story) -> None:
    with on(CLAIMED):
        manager = story.as_("provider_manager")
        manager.follow("Claims")
        manager.follow("Prepare a claim")
        manager.send(
            "Price the claim",
            {
                "Name of the claim": "2025-Q1", "First day": dt.date(2025, 1, 1), "Last day": dt.date(2025, 3, 31),
                "As known on": ANSWERED,
            },
        )  # fmt: skip
        story.addresses["claim"] = manager.page.address
        manager.says("Held", "£500.00")
        # As known while the verifier's question was open, nothing is claimed; as known now, it is.
        manager.follow("Price again")
        manager.send("Price again")
        manager.says("priced again", "Council £333.33", "Fund £166.67")
        manager.follow("Submit")
        manager.says("Submit this claim for £500.00", "Kirkdale Council is asked for £333.33.")
        manager.send("Submit the claim")
        manager.says("2025-Q1 was submitted: £500.00 is claimed.")


def _whoever_prepared_a_claim_cannot_approve_it(story: Story) -> None:
    world = story.world
    held = seat(
        world.partnership, world.users["provider_manager"], "commissioner", world.organisations["council"]
    )
    with on(APPROVED):
        manager = story.as_("provider_manager")
        manager.go(story.addresses["claim"])
        assert not [said for said, _ in manager.page.links if said.startswith("Approve")]
        approve = f"{story.addresses['claim']}approve/{_party(story, 'council')}/"
        manager.go(approve)
        answer = manager.send(_button(manager, "Approve"))
        assert "You had a part in preparing this claim, so you may not approve or pay it." in answer.words
        manager.go(story.addresses["claim"])
        manager.says("Claim 2025-Q1 Submitted", "You had a part in preparing this claim")
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        held.delete()


def _button(reader: Reader, begins: str) -> str:
    return next(
        one.label for form in reader.page.forms for one in form.buttons if one.label.startswith(begins)
    )


def _party(story: Story, named: str) -> int:
    from openoutcomes.web.contracts.models import Party

    return Party.of(story.world.partnership).get(contract=story.world.contract, role="payer", named=named).pk


def _both_payers_approve_their_own_part(story: Story) -> None:
    with on(APPROVED):
        for who, name, amount in (
            ("commissioner", "Kirkdale Council", "£333.33"),
            ("fund_commissioner", "National Fund", "£166.67"),
        ):
            payer = story.as_(who)
            payer.follow("Claims")
            payer.follow("2025-Q1")
            payer.follow(f"Approve {amount} for {name}")
            payer.send("Approve")
            payer.says(f"1 line approved for {name}")
        payer.says("Approved")


def _nothing_is_paid_before_the_account_is_checked(story: Story) -> None:
    with on(APPROVED):
        manager = story.as_("provider_manager")
        manager.follow("Payments")
        manager.follow("Bank details")
        manager.follow("Change bank details")
        account = {
            "Name on the account": "Harbour Lights",
            "Sort code": "12-34-56",
            "Account number": "12345678",
        }
        manager.send("Send to be checked", account)
        finance = story.as_("finance")
        finance.go(story.addresses["claim"])
        assert "Record a payment by Kirkdale Council" not in [said for said, _ in finance.page.links]
        finance.follow("Payments")
        finance.follow("Bank details")
        finance.follow("Harbour Lights")
        assert "12345678" not in finance.page.words
        way = next(
            said
            for form in finance.page.forms
            for one in form.find("How did you check?")
            for value, said in one.options
            if value == "call-back"
        )
        finance.send(
            "Record the check",
            {
                "How did you check?": way, "Last four digits that you were told": "5678",
                "Are the details right?": "Yes: use them",
            },
        )  # fmt: skip
        finance.says("The check was recorded.")


def _finance_pays_in_part_and_then_the_rest(story: Story) -> None:
    for who, name, day, amount, reference, rest in (
        ("finance", "Kirkdale Council", PAID_PART, "£200.00", "BACS 001", "£133.33"),
        ("finance", "Kirkdale Council", PAID_REST, "133.33", "BACS 002", "£0.00"),
        ("fund_finance", "National Fund", PAID_REST, "166.67", "NF 77", "£0.00"),
    ):
        with on(day):
            finance = story.as_(who)
            finance.go(story.addresses["claim"])
            finance.follow(f"Record a payment by {name}")
            finance.says("account ends in 5678")
            finance.send("Record the payment", {"Amount": amount, "Bank reference": reference})
            finance.says("The payment was recorded.", f"paid by {name}, reference {reference}", rest)
    assert not [said for said, _ in finance.page.links if said.startswith("Record a payment")]


def _the_money_walks_back_to_the_rule_the_evidence_and_the_finding(story: Story) -> None:
    with on(PAID_REST):
        # From the money: the payments, the claim a payment is for, its line, the rule and the records.
        manager = story.as_("provider_manager")
        manager.go(story.world.url("payments"))
        manager.follow("BACS 001")
        line = next(address for _, address in manager.page.links if re.search(r"/lines/\d+/$", address))
        story.addresses["line"] = line
        manager.go(line)
        manager.says(
            "£500.00", "from Kirkdale Council £333.33", "from National Fund £166.67", "The rule",
            "as known on 7 April 2025", story.person_id, "Achieved on: 3 March 2025", "tenancy-agreement",
            "A verifier’s finding", "State: accepted", "Met",
        )  # fmt: skip
        manager.follow("Open the outcome and its evidence")
        manager.says("Where is page two?", "Page two is beside it now.")
        for words in {said for said, address in manager.page.links if "/outcomes/evidence/" in address}:
            manager.fetch(words)
        # The line reads the same to those who pay and invest, who never see the evidence or a name.
        for who in ("commissioner", "investor", "coordinator"):
            reader = story.as_(who)
            reader.go(line)
            reader.says("£500.00", "A verifier’s finding", "State: accepted")
            assert NAME not in reader.page.words
            assert not [said for said, _ in reader.page.links if said.startswith("Open the outcome")]


def _everybody_sees_the_same_figures(story: Story) -> None:
    seen = {}
    with on(PAID_REST):
        for who in (
            "provider_manager",
            "commissioner",
            "fund_commissioner",
            "finance",
            "investor",
            "coordinator",
        ):
            reader = story.as_(who)
            reader.follow("Payments")
            reader.says("Where the money stands")
            start, end = (
                reader.page.words.index("Where the money stands"),
                reader.page.words.index("As it stood"),
            )
            seen[who] = reader.page.words[start:end]
            answer = reader.fetch("Download as CSV, by payer and provider")
            rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert {row["payer"]: row["paid"] for row in rows} == {"council": "333.33", "fund": "166.67"}, who
        assert len(set(seen.values())) == 1, seen
        assert "Claimed £500.00 Approved £500.00 Paid £500.00" in seen["investor"]
        # The day after the first payment, it stood differently, and the page can still say so.
        investor = story.as_("investor")
        investor.follow("Payments")
        investor.send("Show", {"As it stood at the end of": PAID_PART})
        investor.says("at the end of 22 April 2025", "Paid £200.00", "To pay £300.00")


def _the_statement_agrees_to_the_penny(story: Story) -> None:
    with on(PAID_REST):
        manager = story.as_("provider_manager")
        manager.follow("Payments")
        manager.follow("Harbour Lights")
        manager.says("Statement of Harbour Lights", "£200.00", "£133.33", "£166.67")
        shown = manager.page.words
        rows = list(csv.DictReader(io.StringIO(manager.fetch("Download as CSV").content.decode("utf-8-sig"))))
        laid_out = pdf_words(manager.fetch("Download as PDF").content)
    # Opening, each movement and closing, in order: what is written in the file is what is printed.
    named = ("waiting", "due", "cash")
    written = []
    for row in rows:
        is_movement = row["what"] not in ("opening", "closing")
        written += [Decimal(row[name]) for name in named if not is_movement or Decimal(row[name] or 0)]
        written.append(Decimal(row["owed"]))
    printed = [text for text in laid_out if re.fullmatch(r"[-−]?£[\d,.]+", text)]
    assert printed == [format_money(amount, "GBP") for amount in written]
    assert all(amount in shown for amount in printed)
    assert sum(Decimal(row["cash"] or 0) for row in rows if row["entry"]) == Decimal("500.00")
    assert rows[-1]["what"] == "closing"
    assert Decimal(rows[-1]["owed"]) == 0


def _command(*arguments: str) -> int:
    from openoutcomes.cli.app import main

    try:
        return int(main(list(arguments)) or 0)
    except SystemExit as left:
        return int(left.code or 0)


def _the_journal_is_sound(story: Story, folder: Path) -> None:
    with on(PAID_REST):
        finance = story.as_("coordinator")
        finance.follow("Payments")
        finance.follow("Check the ledger")
        journal = finance.fetch("Download the journal")
        file = folder / "journal.jsonl"
        file.write_bytes(journal.getvalue())
    assert _command("ledger", "verify", "--journal", str(file)) == 0
    # And it would tell: a penny moved anywhere is found.
    touched = folder / "touched.jsonl"
    touched.write_bytes(file.read_bytes().replace(b"200.00", b"200.01"))
    assert touched.read_bytes() != file.read_bytes()
    assert _command("ledger", "verify", "--journal", str(touched)) == 1


def _the_person_sees_what_is_held_and_who_looked(story: Story) -> None:
    from openoutcomes.web.people.models import Person

    world = story.world
    person = Person.of(world.partnership).get(person_id=story.person_id)
    world.users["rowan"] = make_user("rowan@kirkdale.example")
    seat(world.partnership, world.users["rowan"], "person", person=person)
    with on(PAID_REST):
        rowan = story.as_("rowan")
        rowan.go(story.addresses["person"])
        rowan.says(
            f"Hello {NAME}", "I keep a garden going.", "A front door that I can lock.",
            "Front Door at Harbour Lights, Harbour Lights: practitioner", "Went to see two flats.",
            "Who looked or changed something", "Looked at your page", "Wrote you down", "Wrote down something you achieved",
            "12 March 2025 Verifier Checked something you achieved, without your name",
            "Commissioner, Kirkdale Council Looked at what is paid for something you achieved, without your name",
        )  # fmt: skip
        # Nobody else's page opens, and nobody else's opens theirs who has no part in it.
        rowan.go(story.world.url("person", person_id=world.people["ash"].person_id), status=404)
        story.as_("other_practitioner").go(story.addresses["person"], status=404)


def _the_export_passes_the_check_and_prices_as_it_was_known(story: Story, folder: Path) -> None:
    with on(PAID_REST):
        administrator = story.as_("administrator")
        administrator.follow("Records and audit")
        administrator.follow("Export everything")
        answer = administrator.take("Make the file")
        data = b"".join(answer.streaming_content)
    exported = folder / "export"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(exported)
    tables = exported / "records"
    assert _command("check", str(tables)) == 0
    terms = folder / "terms.yaml"
    terms.write_text(TERMS)
    for as_of, claimed, held in ((ANSWERED, "0.00", "500.00"), (CLAIMED, "500.00", "0.00")):
        out = folder / f"{as_of}.json"
        asked = ("--as-of", as_of.isoformat(), "--format", "json", "--out", str(out))
        assert _command("contract", "price", str(terms), str(tables), *asked) == 0
        totals: dict[str, Any] = json.loads(out.read_text())["totals"]
        assert (totals["payable"], totals["held"]) == (claimed, held), totals
