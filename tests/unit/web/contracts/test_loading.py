"""Loading a contract: every problem named, nothing stored until it was seen, every version kept."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openoutcomes.contracts.catalogue import library_names
from openoutcomes.web.audit.models import Event
from openoutcomes.web.contracts.models import Contract, Party, TermsFile
from openoutcomes.web.contracts.queries import terms_of, unmapped_contracts
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records import store
from web_world import TERMS

NEW = TERMS.replace("contract: front-door", "contract: second-door").replace(
    "name: Front Door", "name: Second Door"
)
OPEN = """\
contract: open-door
currency: GBP
runs: {from: 2024-01-01, to: 2027-12-31}
parties: {payers: [Kirkdale Council, somebody-else], provider: harbour, commissioner: council}
parameters:
  price: {means: what a home pays, unit: GBP, example: 400, assumed: yes}
  most: {means: most for one person, unit: GBP, value: 5000}
outcomes:
  home-entry: {counts as: home, pays: {Kirkdale Council: parameter price, somebody-else: 100}, once per: person}
caps: {per person: parameter most}
"""


def hidden(page):
    """What the hidden fields of a page's form hold, and what its visible ones begin with."""
    form = page.context["form"]
    found = {}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, "", False):
            found[name] = value
    return found


def give(world, text, who="commissioner", **more):
    return world.client(who).post(world.url("contract_load"), {"text": text, **more})


def go_on(world, page, name="contract_load_details", who="commissioner", **more):
    return world.client(who).post(world.url(name), {**hidden(page), **more})


def load(world, text, agree="", **details):
    """Go through all three pages."""
    preview = go_on(world, give(world, text), **details)
    assert preview.status_code == 200
    return go_on(world, preview, "contract_load_confirm", **({"agree": agree} if agree else {}))


def count(world):
    return TermsFile.of(world.partnership).count()


def test_a_contract_is_loaded_after_it_was_checked_and_seen(world):
    preview = go_on(world, give(world, NEW))
    text = preview.content.decode()
    for shown in ("Nothing is stored yet", "£500.00", "Passes", "no source is given"):
        assert shown.casefold() in text.casefold()
    assert count(world) == 1
    answer = go_on(world, preview, "contract_load_confirm")
    made = Contract.of(world.partnership).get(contract_id="second-door")
    assert answer.url == world.url("contract", pk=made.pk)
    assert terms_of(made).name == "Second Door"
    assert Event.of(world.partnership).filter(verb="contracts.load_contract").count() == 1


def test_the_last_form_sent_twice_loads_once(world):
    preview = go_on(world, give(world, NEW))
    for _ in range(2):
        assert go_on(world, preview, "contract_load_confirm").status_code == 302
    assert count(world) == 2


def test_a_file_is_taken_whatever_its_line_ends(world):
    file = SimpleUploadedFile("door.yaml", b"\xef\xbb\xbf" + NEW.replace("\n", "\r\n").encode())
    page = world.client("commissioner").post(world.url("contract_load"), {"file": file})
    assert page.status_code == 200
    assert page.context["checked"].terms.contract == "second-door"


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff\xfe\x00", "not text in UTF-8"), (b"x" * 900_000, "larger than")]
)
def test_what_is_no_file_of_terms_is_refused(world, content, says):
    page = world.client("commissioner").post(
        world.url("contract_load"), {"file": SimpleUploadedFile("photo.yaml", content)}
    )
    assert says in str(page.context["form"].errors)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": " "}, "Give a file, paste the terms"),
        ({"text": NEW, "library": "peterborough"}, "more than one way"),
    ],
)
def test_terms_are_given_in_one_way(world, sent, says):
    page = world.client("commissioner").post(world.url("contract_load"), sent)
    assert says in str(page.context["form"].errors)


def test_each_mistake_is_named_with_its_line_and_how_to_mend_it_and_nothing_is_stored(world):
    page = give(world, NEW.replace("pays: 500", "pay: 500").replace("once per: person", "once per: perso", 1))
    assert b"The terms cannot be loaded yet" in page.content
    problems = page.context["problems"]
    assert len(problems) >= 2
    assert all(problem.line for problem in problems)
    assert "Did you mean &#x27;pays&#x27;" in page.content.decode()
    assert count(world) == 1


@pytest.mark.parametrize("text", ["", "just words", "a: [1,", "\t- x", "contract: x\ncontract: x\n"])
def test_text_that_is_no_terms_at_all_is_a_page_and_not_a_crash(world, text):
    assert give(world, text).status_code == 200
    assert count(world) == 1


def test_terms_with_mistakes_are_given_back_to_be_mended(world):
    wrong = NEW.replace("pays: 500", "pay: 500")
    page = give(world, wrong)
    assert page.context["text"] == wrong
    assert page.context["again"] == world.url("contract_load")


def test_terms_whose_example_fails_are_not_loaded_and_say_which(world):
    page = give(world, NEW.replace("      home-entry: 500\n", "      home-entry: 400\n"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "a home found, with a tenancy agreement" in text
    assert "400" in text
    assert count(world) == 1


def test_what_the_terms_leave_open_is_asked_for_and_assumed_figures_are_marked(world):
    page = give(world, OPEN)
    text = page.content.decode()
    assert "What a home pays" in text
    assert "That figure is assumed" in text
    assert "Left blank, 5000 is used" in text
    again = go_on(world, page)
    assert "Give a value for price" in str(again.context["form"].errors)
    bad = go_on(world, page, parameter_0="lots")
    assert bad.context["form"].errors
    assert count(world) == 1
    load(world, OPEN, parameter_0="450")
    made = TermsFile.of(world.partnership).get(contract__contract_id="open-door")
    assert made.parameters == {"price": "450"}


def test_parties_are_suggested_by_id_or_name_and_may_wait(world):
    page = give(world, OPEN)
    form = page.context["form"]
    first = {form.fields[key].label: form[key].value() for key in form.names}
    council, harbour = world.organisations["council"].pk, world.organisations["harbour"].pk
    assert first == {
        "Commissioner: council": council, "Payer: Kirkdale Council": council, "Payer: somebody-else": "",
        "Provider: harbour": harbour,
    }  # fmt: skip
    load(world, OPEN, parameter_0="450")
    [(contract, names)] = unmapped_contracts(world.partnership)
    assert [name.named for name in names] == ["somebody-else"]
    home = world.client("administrator").get(world.url("home"))
    assert b"contract whose parties are not all named" in home.content
    assert world.url("contract_parties", pk=contract.pk).encode() in home.content


def test_a_provider_named_in_the_terms_must_carry_that_id(world):
    page = go_on(world, give(world, OPEN), parameter_0="450", party_3=world.organisations["lantern"].pk)
    answer = go_on(world, page, "contract_load_confirm")
    assert "records carry the id" in answer.content.decode()
    assert not Contract.of(world.partnership).filter(contract_id="open-door").exists()


def test_a_rate_card_may_have_several_providers(world):
    both = [world.organisations["harbour"].pk, world.organisations["lantern"].pk]
    load(world, NEW, providers=both)
    named = Party.of(world.partnership).filter(contract__contract_id="second-door", role="provider")
    assert set(named.values_list("named", flat=True)) == {"harbour", "lantern"}


def test_parties_are_named_later(world):
    load(world, OPEN, parameter_0="450")
    made = Contract.of(world.partnership).get(contract_id="open-door")
    page = world.client("administrator").get(world.url("contract_parties", pk=made.pk))
    world.client("administrator").post(
        world.url("contract_parties", pk=made.pk), {**hidden(page), "party_2": world.organisations["fund"].pk}
    )
    assert unmapped_contracts(world.partnership) == []


def test_a_provider_that_has_recorded_work_stays_a_provider(world):
    by = world.access("practitioner")
    record(world, by)
    page = world.client("administrator").get(world.url("contract_parties", pk=world.contract.pk))
    sent = {**hidden(page), "providers": [world.organisations["lantern"].pk]}
    answer = world.client("administrator").post(world.url("contract_parties", pk=world.contract.pk), sent)
    assert "has recorded work under this contract" in str(answer.context["form"].errors)


def record(world, by):
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        made = store.write(
            by, "achievements",
            {"outcome": "home-entry", "achieved_on": dt.date(2025, 2, 1), "claimed_on": dt.date(2025, 2, 2),
             "evidence_kinds": ["tenancy-agreement"], "evidence_dates": [dt.date(2025, 2, 1)]},
            enrolment=Enrolment.of(world.partnership).get(pk=world.enrolments["ash"].pk), contract=world.contract,
        )  # fmt: skip
        store.write(
            by, "verifications",
            {"achievement_id": made.record_id, "state": "accepted", "verified_on": dt.date(2025, 2, 3)},
            person=world.people["ash"], contract=world.contract,
        )  # fmt: skip


# New versions -------------------------------------------------------------------------------


DEARER = TERMS.replace("pays: 500", "pays: 600").replace("      home-entry: 500\n", "      home-entry: 600\n")


def test_a_new_version_shows_what_changes_in_rules_and_in_money_on_the_records_held(world):
    record(world, world.access("practitioner"))
    preview = go_on(world, give(world, DEARER))
    text = preview.content.decode()
    assert "outcomes &gt; home-entry &gt; pays" in text or "outcomes.home-entry.pays" in text
    assert "£500.00" in text
    assert "£600.00" in text
    assert preview.context["comparison"].moved


def test_a_new_version_is_loaded_only_when_somebody_says_that_it_was_agreed(world):
    preview = go_on(world, give(world, DEARER))
    refused = go_on(world, preview, "contract_load_confirm")
    assert "Tick the box" in str(refused.context["form"].errors)
    assert count(world) == 1
    assert go_on(world, preview, "contract_load_confirm", agree="on").status_code == 302
    assert terms_of(world.contract).versions[-1].outcomes["home-entry"].pays.amount == 600


def test_every_version_stays_readable_and_is_downloaded_to_the_letter(world):
    load(world, DEARER, agree="on")
    client = world.client("practitioner")
    first = client.get(world.url("contract_version", pk=world.contract.pk, number=1))
    assert b"A later version is in force" in first.content
    second = client.get(world.url("contract_version", pk=world.contract.pk, number=2))
    assert b"What it changed" in second.content
    assert (
        client.get(world.url("contract_download", pk=world.contract.pk, number=1)).content.decode() == TERMS
    )
    assert (
        client.get(world.url("contract_download", pk=world.contract.pk, number=2)).content.decode() == DEARER
    )


def test_two_people_cannot_both_replace_the_same_version(world):
    first, second = (go_on(world, give(world, DEARER)) for _ in range(2))
    go_on(world, first, "contract_load_confirm", agree="on")
    answer = go_on(world, second, "contract_load_confirm", agree="on")
    assert "loaded by somebody else meanwhile" in answer.content.decode()
    assert count(world) == 2


def test_the_terms_in_force_are_not_loaded_again(world):
    answer = load(world, TERMS, agree="on")
    assert "in force already" in answer.content.decode()


def test_a_contract_keeps_its_currency(world):
    answer = load(world, TERMS.replace("currency: GBP", "currency: EUR"), agree="on")
    assert "a contract keeps its currency" in answer.content.decode().casefold()


def test_a_new_version_from_a_contracts_page_is_of_that_contract(world):
    page = world.client("commissioner").post(
        world.url("contract_version_load", pk=world.contract.pk), {"text": NEW}
    )
    assert "not of front-door" in str(page.context["form"].errors)


def test_what_travels_between_the_pages_cannot_be_changed_on_the_way(world):
    preview = go_on(world, give(world, NEW))
    sent = hidden(preview)
    for name in ("sealed", "settled"):
        answer = world.client("commissioner").post(
            world.url("contract_load_confirm"), {**sent, name: sent[name][:-3] + "abc"}
        )
        assert b"Begin again" in answer.content
    answer = world.client("commissioner").post(world.url("contract_load_details"), {})
    assert b"did not arrive as they were sent" in answer.content
    assert count(world) == 1


def test_the_later_pages_begin_at_the_first(world):
    for name in ("contract_load_details", "contract_load_confirm"):
        assert world.client("commissioner").get(world.url(name)).url == world.url("contract_load")


# Who may, and what all may read --------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["practitioner", "provider_manager", "coordinator", "verifier", "investor", "finance"]
)
def test_others_read_contracts_and_load_none(world, who):
    client = world.client(who)
    assert client.get(world.url("contract", pk=world.contract.pk)).status_code == 200
    assert give(world, NEW, who=who).status_code == 403
    for name in ("contract_load_details", "contract_load_confirm"):
        assert client.post(world.url(name), {}).status_code == 403
    assert client.post(world.url("contract_parties", pk=world.contract.pk), {}).status_code == 403
    assert b"Load a new version" not in client.get(world.url("contract", pk=world.contract.pk)).content


def test_a_contract_of_another_partnership_is_not_there(world, elsewhere):
    theirs = elsewhere.contract.pk
    for name, key in (("contract", {}), ("contract_version", {"number": 1}), ("contract_download", {"number": 1}),
                      ("contract_parties", {}), ("contract_version_load", {})):  # fmt: skip
        assert world.client("administrator").get(world.url(name, pk=theirs, **key)).status_code == 404


def test_a_version_that_never_was_is_not_there(world):
    assert (
        world.client("verifier")
        .get(world.url("contract_version", pk=world.contract.pk, number=9))
        .status_code
        == 404
    )


@pytest.mark.parametrize("code", library_names())
def test_every_contract_of_the_library_can_be_read_and_begun_from(world, code):
    page = world.client("commissioner").get(world.url("contract_library", code=code))
    assert page.status_code == 200
    assert b"Fails" not in page.content
    begun = world.client("commissioner").post(world.url("contract_load"), {"library": code})
    assert begun.status_code == 200
    assert begun.context["checked"].terms.contract


def test_a_historic_contract_says_that_it_is_no_template(world):
    page = world.client("commissioner").get(world.url("contract_library", code="troubled-families"))
    assert b"Historic: not a template" in page.content
    assert world.client("commissioner").get(world.url("contract_library", code="none")).status_code == 404


def test_contracts_are_listed_and_downloaded(world):
    page = world.client("investor").get(world.url("contracts"))
    assert b"Front Door" in page.content
    assert b"Kirkdale Council, National Fund" in page.content
    text = world.client("investor").get(world.url("contracts"), {"format": "csv"}).content.decode()
    assert "front-door" in text


def test_the_pages_ask_as_many_questions_for_three_contracts_as_for_one(world, django_assert_max_num_queries):
    for number in range(2):
        load(world, NEW.replace("second-door", f"door-{number}"))
    client = world.client("investor")
    client.get(world.url("contracts"))
    with django_assert_max_num_queries(12):
        client.get(world.url("contracts"))
