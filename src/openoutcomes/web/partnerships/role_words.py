"""What the actions of the permission matrix are called on pages, and what a role may do in words."""

from __future__ import annotations

from dataclasses import dataclass

from openoutcomes.web.core.permissions import MATRIX, Reach

#: Groups of actions by the noun they begin with, in the order shown.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("People supported", ("people", "enrolments", "records", "referrals", "groups", "pathways", "budgets", "access")),
    ("Outcomes and checking", ("outcomes", "evidence", "verification")),
    ("Money", ("claims", "payments", "bank", "investments", "position")),
    ("Results", ("results", "recording")),
    ("The partnership", ("partnership", "organisations", "programmes", "members", "catalogue", "contracts")),
    ("Looking after records", ("audit", "retention", "export")),
)  # fmt: skip

#: Each action as what somebody does.
ACTIONS: dict[str, str] = {
    "partnership.view": "See the home page",
    "partnership.setup": "Change the partnership's details",
    "organisations.view": "See the organisations",
    "organisations.manage": "Add, change and close organisations",
    "programmes.view": "See the programmes",
    "programmes.manage": "Add, change and close programmes",
    "members.view": "See who works here",
    "members.manage": "Invite people, change roles and end seats",
    "catalogue.view": "See outcomes and instruments",
    "catalogue.manage": "Switch outcomes and instruments on and off",
    "contracts.view": "Read contracts",
    "contracts.load": "Load a contract's terms",
    "contracts.close": "Close a contract out",
    "people.view": "See people",
    "people.add": "Add a person",
    "people.edit": "Change a person's details",
    "people.merge": "Merge two records of one person",
    "people.safeguard": "Raise and lower a safeguarding flag",
    "people.share": "Share a person's record, and stop sharing it",
    "people.erase": "Erase a person's identity",
    "enrolments.manage": "Start and end somebody's support",
    "records.view": "See what is recorded",
    "records.add": "Record strengths, goals, support, needs and measures",
    "records.change": "Correct and withdraw what was recorded",
    "referrals.view": "See referrals",
    "referrals.make": "Refer somebody to another organisation",
    "referrals.answer": "Accept a referral or hand it back",
    "groups.view": "See group sessions",
    "groups.manage": "Run group sessions and keep registers",
    "pathways.view": "See pathways",
    "pathways.manage": "Set pathways up",
    "budgets.view": "See personal budgets",
    "budgets.request": "Ask for money from a personal budget",
    "budgets.approve": "Approve spending from a personal budget",
    "outcomes.view": "See outcomes recorded",
    "outcomes.record": "Record an outcome",
    "evidence.view": "See evidence",
    "evidence.add": "Add evidence",
    "verification.view": "See what verifiers found",
    "verification.sample": "Draw a sample to check",
    "verification.decide": "Accept, query or refuse an outcome",
    "claims.view": "See claims",
    "claims.prepare": "Prepare a claim",
    "claims.approve": "Approve a claim for a payer",
    "claims.dispute": "Dispute a claim",
    "payments.view": "See payments",
    "payments.record": "Record a payment",
    "payments.clawback": "Ask for money back that was paid by mistake",
    "bank.view": "See bank details",
    "bank.propose": "Propose a change of bank details",
    "bank.check": "Check a change of bank details",
    "investments.record": "Record money put in up front",
    "position.view": "See what is owed and paid",
    "results.view": "See results",
    "recording.view": "See how long recording takes",
    "audit.view": "Search the audit trail",
    "retention.run": "Erase identities that are due",
    "export.all": "Take everything away as files",
    "export.organisation": "Take one's organisation's records away as files",
    "access.export": "Make a copy of what is held about a person, for them",
    "agenda.view": "Read the shared agenda",
    "agenda.edit": "Write the shared agenda",
    "agenda.commit": "Promise something for an organisation",
    "listening.view": "Read what people told, and what was done about it",
    "listening.run": "Run a round of listening: draw who is asked, and give out invitations",
    "listening.hear": "Hear the people given to them, whom they then see by name",
    "listening.code": "Put what was said under themes",
    "listening.speak": "Answer an invitation to be heard",
    "listening.visits": "See visits made as anybody would come",
    "listening.visit": "Write down a visit made as anybody would come",
    "listening.answer": "Say what was done about a theme, or why nothing can be",
    "stories.view": "Read what people need",
    "stories.add": "Tell what somebody needs",
    "stories.rank": "Put needs in order",
    "stories.move": "Say how far a need has come",
    "pictures.edit": "Draw the picture of the system",
    "barriers.view": "Read what gets in people's way",
    "barriers.raise": "Write down what gets in people's way",
    "barriers.mark": "Mark whom it stops among their people",
    "barriers.manage": "Ask for a rule to be bent, and pass it up",
    "barriers.answer": "Answer what was asked",
    "trials.view": "Read tests of change",
    "trials.run": "Plan, run and decide tests of change",
    "changes.view": "Read changes to delivery",
    "changes.record": "Record changes to delivery",
    "changes.agree": "Agree to changes under a contract",
    "capacity.view": "See posts, caseloads and what teams can take on",
    "capacity.manage": "Keep posts and supervision of a team",
    "meetings.view": "Read agendas, minutes and decisions",
    "meetings.run": "Hold meetings and write minutes",
    "learning.note": "Write what a project does differently",
    "actions.do": "Do actions, and say what came of them",
    "cases.view": "Read the case library",
    "cases.write": "Write cases",
    "cases.publish": "Publish cases to other partnerships",
    "governance.view": "See panels and the register of uses of data",
    "governance.manage": "Keep panels and the register of uses of data",
    "interests.declare": "Declare an interest of their own",
    "complaints.make": "Complain",
    "complaints.handle": "Handle the complaints given to them",
    "ties.manage": "Link what belongs together",
}

REACHES: dict[Reach, str] = {
    "partnership": "the whole partnership",
    "organisation": "own organisation",
    "party": "contracts that the organisation is a party to",
    "self": "oneself",
}


def action_words(action: str) -> str:
    """Return an action in words; one that has none yet is said from its code."""
    noun, _, verb = action.partition(".")
    return ACTIONS.get(action) or f"{noun.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}"


@dataclass(frozen=True)
class May:
    """One thing that a role may do, and how far it reaches."""

    words: str
    reach: str


def abilities(role: str) -> list[tuple[str, list[May]]]:
    """Return what a role may do, by group, leaving out groups in which it may do nothing."""
    found = []
    placed = {noun for _, nouns in GROUPS for noun in nouns}
    groups = [*GROUPS, ("Other", tuple({action.partition(".")[0] for action in MATRIX} - placed))]
    for title, nouns in groups:
        mine = [
            May(action_words(action), REACHES[rule[role]])
            for noun in nouns
            for action, rule in MATRIX.items()
            if action.partition(".")[0] == noun and role in rule
        ]
        if mine:
            found.append((title, mine))
    return found
