"""Who looked at a person or changed something about them, in words that the person knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES

#: What is said of an event by its verb in the audit trail. ``tests/unit/web/people/test_looks.py`` holds it to be whole.
WORDS: dict[str, str] = {
    # Looks
    "complaints.look": "Looked at your complaint",
    "people.view": "Looked at your page",
    "people.open_form": "Opened a form about you",
    "people.account": "Looked at whether you have an account",
    "records.view": "Looked at a record",
    "records.readings": "Looked at how answers changed",
    "records.open_form": "Opened a form to record something",
    "outcomes.choose_programme": "Opened a form to record something",
    "outcomes.add": "Opened a form to record something",
    "outcomes.outcome": "Looked at something you achieved",
    "outcomes.evidence_add": "Opened a form to add evidence",
    "outcomes.evidence": "Looked at evidence of something you achieved",
    "verification.one": "Looked at something you achieved, without your name",
    "verification.query_answer": "Looked at a question about something you achieved",
    "claims.explain": "Looked at what is paid for something you achieved, without your name",
    "sharing.sharing": "Looked at who may see a part",
    "pathways.journey": "Looked at how far you have come",
    "budgets.budget": "Looked at money asked for to help you",
    "barriers.of_person": "Looked at what gets in your way",
    "referrals.referral": "Looked at a referral of you",
    "access.export": "Made a file of everything held about you",
    # Changes
    "people.add": "Wrote you down",
    "people.edit": "Changed your details",
    "people.enrol": "Added you to a programme",
    "people.end_enrolment": "Ended support in a programme",
    "people.reopen_enrolment": "Went on with support in a programme",
    "people.hand_over": "Gave you another worker",
    "people.safeguard": "Wrote about keeping you safe",
    "people.merge": "Put two records about you together",
    "people.undo_merge": "Took two records about you apart again",
    "people.dismiss_likeness": "Said that you and somebody else are not the same",
    "people.end_account": "Ended your account",
    "people.hold": "Said that your record must be kept for now",
    "people.lift_hold": "Said that your record need not be kept any more",
    "people.erase": "Erased who you are",
    "accounts.invite": "Invited you to have an account",
    "accounts.accept": "Opened your account",
    "records.support": "Wrote down support",
    "records.contact": "Wrote down that you were in touch",
    "records.strength": "Wrote down a strength",
    "records.goal": "Wrote down what matters to you",
    "records.review_goal": "Looked at a goal with you",
    "records.need": "Wrote down a need",
    "records.meet_need": "Wrote down that a need was met",
    "records.event": "Wrote down something that happened",
    "records.feedback": "Wrote down what you said",
    "records.measure": "Wrote down your answers to questions",
    "records.plan_contact": "Planned to get in touch",
    "records.change": "Changed a record",
    "records.withdraw": "Withdrew a record",
    "records.restore": "Brought a record back",
    "barriers.mark": "Wrote down a rule that gets in your way",
    "barriers.unmark": "Wrote down that a rule no longer gets in your way",
    "barriers.mark_barriers": "Looked through which rules get in your way",
    "groups.take_off": "Took you off the list of a group",
    "outcomes.record": "Wrote down something you achieved",
    "outcomes.change": "Changed what is written about something you achieved",
    "outcomes.withdraw": "Withdrew something written down as achieved",
    "outcomes.add_evidence": "Added evidence of something you achieved",
    "outcomes.withdraw_evidence": "Took evidence away",
    "verification.find": "Checked something you achieved, without your name",
    "verification.answer": "Answered a question about something you achieved",
    "pathways.place": "Wrote down where your support begins",
    "pathways.move": "Wrote down how far you have come",
    "pathways.meet": "Wrote down a meeting",
    "pathways.leave": "Wrote down that a way of support ended",
    "budgets.ask": "Asked for money to help you",
    "budgets.approve": "Agreed to money to help you",
    "budgets.decline": "Declined money to help you",
    "budgets.cancel": "Withdrew a request for money to help you",
    "budgets.spend": "Wrote down money spent to help you",
    "budgets.correct": "Corrected money spent to help you",
    "referrals.make": "Referred you",
    "referrals.receive": "Wrote down that you were referred",
    "referrals.accept": "Accepted a referral of you",
    "referrals.decline": "Declined a referral of you",
    "referrals.hand_back": "Handed you back to who referred you",
    "referrals.take_back": "Took back a referral of you",
    "referrals.undo": "Undid an answer to a referral of you",
    "referrals.remind": "Asked about a referral of you",
    "referrals.settle": "Settled what follows a referral of you",
    "sharing.share": "Let another organisation see a part",
    "sharing.withdraw": "Stopped another organisation seeing a part",
    "listening.invitation": "Looked at how to reach you, to ask what you think",
    "listening.note": "Looked at what you said when you were asked",
    "listening.note_code": "Read what you said, without your name",
    "listening.note_settle": "Read what you said, without your name",
    "listening.quote_add": "Read what you said, without your name",
    "listening.note_try": "Tried to reach you, to ask what you think",
    "listening.settle": "Wrote down that you would not be asked",
    "listening.undo_settle": "Wrote down that you may still be asked",
    "listening.make_link": "Made a link for you to say what you think",
    "listening.hear": "Wrote down what you said when you were asked",
    "listening.answer_by_link": "You said what you think, through your link",
    "listening.decline_by_link": "You said no, through your link",
    "listening.read_by_link": "You read what came of it, through your link",
    "listening.speak": "You said what you think",
    "listening.record": "Put your answer into your record, as you wished",
    "listening.correct": "Corrected what is written of what you said",
    "listening.take_back": "Took back what you had said",
    "listening.add_quote": "Showed your words without your name, as you allowed",
    "listening.tell": "Told you what came of what you said",
    "listening.read_it": "You read what came of what you said",
    "listening.do_not_ask": "Wrote down that you do not want to be asked for your views",
    "listening.may_ask": "Wrote down that you may be asked for your views",
}


@dataclass
class Look:
    """What somebody did on one day: the part they play and for whom, never their name."""

    on: dt.date
    who: str
    did: str
    times: int = 1


def looks(events: list[Event]) -> list[Look]:
    """Return who looked at or changed something, each day's repetitions as one line."""
    found: dict[tuple[dt.date, str, str], Look] = {}
    for event in events:
        key = (timezone.localdate(event.at), _who(event), _did(event))
        if key in found:
            found[key].times += 1
        else:
            found[key] = Look(*key)
    return list(found.values())


def _who(event: Event) -> str:
    """Return roles, with the organisation where they are held in one: a verifier is not of the provider's."""
    roles = [role for role in event.roles.split(",") if role in ROLES]
    named = " and ".join(ROLES[role][0] for role in roles) or "The platform"
    is_theirs = bool(IN_AN_ORGANISATION.intersection(roles))
    return f"{named}, {event.organisation}" if is_theirs and event.organisation else named


def _did(event: Event) -> str:
    return WORDS.get(event.verb) or ("Looked at something" if event.kind == "view" else "Changed something")
