"""Who may do what, as data: role by action, with how far each reaches.

The matrix is rendered in docs/run/permissions.md and every cell of it is tested through HTTP. A role
that is not named for an action may not do it.

How far a permission reaches:

- ``partnership``: everything of the partnership;
- ``organisation``: what belongs to the organisation the role is held in, and people whom it may see
  (its own, or shared with it by consent or on a recorded lawful basis);
- ``party``: contracts that the organisation is a party to, and the claims and payments under them;
- ``self``: the one person whose account it is.
"""

from __future__ import annotations

from typing import Final, Literal

Role = Literal[
    "practitioner", "provider_manager", "coordinator", "commissioner", "finance", "verifier",
    "investor", "evaluator", "person", "administrator",
]  # fmt: skip
Reach = Literal["partnership", "organisation", "party", "self"]

#: The roles with what each is for, in the words that pages use.
ROLES: Final[dict[str, tuple[str, str]]] = {
    "practitioner": ("Practitioner", "Works with people: a link worker, coach or keyworker."),
    "provider_manager": ("Provider manager", "Runs a provider's work, and prepares its claims."),
    "coordinator": ("Partnership coordinator", "Keeps the partnership going: shared agenda, data, learning."),
    "commissioner": ("Commissioner", "Agrees contracts, and approves claims for a payer."),
    "finance": ("Finance officer", "Records payments and checks bank details for an organisation."),
    "verifier": ("Verifier", "Checks outcomes against their evidence, independently of providers."),
    "investor": ("Investor", "Pays for work up front, and watches progress and returns."),
    "evaluator": ("Evaluator", "Studies what works, from figures that name nobody."),
    "person": ("Person supported", "Sees what is held about them, and says whether it helped."),
    "administrator": ("Administrator", "Sets the partnership up, and looks after accounts and records."),
}

#: Roles held in an organisation; the rest are held in the partnership as a whole.
IN_AN_ORGANISATION: Final = frozenset(
    {"practitioner", "provider_manager", "commissioner", "finance", "investor"}
)

_FRONT_LINE: Final[dict[str, Reach]] = {"practitioner": "organisation", "provider_manager": "organisation"}
_EVERYONE: Final[dict[str, Reach]] = dict.fromkeys(ROLES, "partnership")
_STAFF: Final[dict[str, Reach]] = {role: "partnership" for role in ROLES if role != "person"}
_MONEY_VIEW: Final[dict[str, Reach]] = {
    "provider_manager": "organisation", "commissioner": "party", "finance": "party", "investor": "party",
    "coordinator": "partnership", "verifier": "partnership", "administrator": "partnership",
}  # fmt: skip
_TOGETHER: Final[dict[str, Reach]] = {
    **_FRONT_LINE, "coordinator": "partnership", "commissioner": "organisation", "evaluator": "partnership",
}  # fmt: skip

#: Every action, with the roles that may do it and how far they reach.
MATRIX: Final[dict[str, dict[str, Reach]]] = {
    # Setting up
    "partnership.view": _EVERYONE,
    "partnership.setup": {"administrator": "partnership"},
    "organisations.view": _STAFF,
    "organisations.manage": {"administrator": "partnership"},
    "programmes.view": _STAFF,
    "programmes.manage": {"administrator": "partnership", "provider_manager": "organisation"},
    "members.view": {
        "administrator": "partnership",
        "coordinator": "partnership",
        "provider_manager": "organisation",
    },
    "members.manage": {"administrator": "partnership", "provider_manager": "organisation"},
    "catalogue.view": _STAFF,
    "catalogue.manage": {"administrator": "partnership", "coordinator": "partnership"},
    "contracts.view": _STAFF,
    "contracts.load": {"administrator": "partnership", "commissioner": "partnership"},
    # The front line
    "people.view": {**_FRONT_LINE, "person": "self"},
    "people.add": _FRONT_LINE,
    "people.edit": _FRONT_LINE,
    "people.merge": _FRONT_LINE,
    "people.safeguard": _FRONT_LINE,
    "people.share": {**_FRONT_LINE, "person": "self"},
    "enrolments.manage": _FRONT_LINE,
    "records.view": {**_FRONT_LINE, "person": "self"},
    "records.add": _FRONT_LINE,
    "records.change": _FRONT_LINE,
    "referrals.view": _FRONT_LINE,
    "referrals.make": _FRONT_LINE,
    "referrals.answer": _FRONT_LINE,
    "groups.view": _FRONT_LINE,
    "groups.manage": _FRONT_LINE,
    "pathways.view": {**_FRONT_LINE, "administrator": "partnership"},
    "pathways.manage": {"provider_manager": "organisation", "administrator": "partnership"},
    "budgets.view": _FRONT_LINE,
    "budgets.request": _FRONT_LINE,
    "budgets.approve": {"provider_manager": "organisation"},
    # Outcomes, evidence, verification
    "outcomes.view": {**_FRONT_LINE, "verifier": "partnership"},
    "outcomes.record": _FRONT_LINE,
    "evidence.view": {**_FRONT_LINE, "verifier": "partnership"},
    "evidence.add": _FRONT_LINE,
    "verification.view": {
        "verifier": "partnership",
        "provider_manager": "organisation",
        "commissioner": "party",
    },
    "verification.sample": {"verifier": "partnership"},
    "verification.decide": {"verifier": "partnership"},
    # Claims and payments
    "claims.view": _MONEY_VIEW,
    "claims.prepare": {"provider_manager": "organisation"},
    "claims.approve": {"commissioner": "organisation"},
    "claims.dispute": {"commissioner": "organisation"},
    "payments.view": _MONEY_VIEW,
    "payments.record": {"finance": "organisation"},
    "payments.clawback": {"commissioner": "organisation"},
    "contracts.close": {"commissioner": "organisation"},
    "bank.view": {"provider_manager": "organisation", "finance": "party"},
    "bank.propose": {"provider_manager": "organisation"},
    "bank.check": {"finance": "party"},
    "investments.record": {"finance": "organisation", "investor": "organisation"},
    "position.view": _MONEY_VIEW,
    # Listening, learning, unblocking
    "agenda.view": _EVERYONE,
    "agenda.edit": {"coordinator": "partnership"},
    "agenda.commit": {"coordinator": "partnership", **_FRONT_LINE, "commissioner": "organisation"},
    "listening.view": _EVERYONE,
    "listening.run": {"coordinator": "partnership"},
    "listening.hear": {
        "coordinator": "partnership",
        "evaluator": "partnership",
        "practitioner": "organisation",
    },
    "listening.code": {"coordinator": "partnership", "evaluator": "partnership"},
    "listening.speak": {"person": "self"},
    "listening.visits": {
        **_FRONT_LINE,
        "coordinator": "partnership",
        "evaluator": "partnership",
        "commissioner": "partnership",
        "person": "self",
    },
    "listening.visit": {
        "coordinator": "partnership",
        "evaluator": "partnership",
        "practitioner": "organisation",
        "person": "self",
    },
    "listening.answer": {
        "coordinator": "partnership",
        "provider_manager": "organisation",
        "commissioner": "organisation",
    },
    "stories.view": _EVERYONE,
    "stories.add": {**_FRONT_LINE, "coordinator": "partnership", "person": "self"},
    "stories.rank": {**_FRONT_LINE, "coordinator": "partnership", "person": "self"},
    "stories.move": {
        "coordinator": "partnership",
        "provider_manager": "organisation",
        "commissioner": "organisation",
    },
    "pictures.edit": {"coordinator": "partnership", "provider_manager": "organisation"},
    "barriers.view": _STAFF,
    "barriers.raise": {**_TOGETHER, "verifier": "partnership"},
    "barriers.mark": _FRONT_LINE,
    "barriers.manage": {"coordinator": "partnership", "provider_manager": "organisation"},
    "barriers.answer": {
        "coordinator": "partnership",
        "commissioner": "organisation",
        "provider_manager": "organisation",
    },
    "trials.view": _EVERYONE,
    "trials.run": _TOGETHER,
    "changes.view": _STAFF,
    "changes.record": {"coordinator": "partnership", "provider_manager": "organisation"},
    "changes.agree": {"commissioner": "party"},
    "capacity.view": {
        "coordinator": "partnership",
        "commissioner": "party",
        "provider_manager": "organisation",
    },
    "capacity.manage": {"provider_manager": "organisation"},
    "meetings.view": {**_STAFF, "person": "self"},
    "meetings.run": {**_FRONT_LINE, "coordinator": "partnership", "commissioner": "organisation"},
    "learning.note": {**_FRONT_LINE, "coordinator": "partnership"},
    "actions.do": _STAFF,
    "cases.view": _EVERYONE,
    "cases.write": _TOGETHER,
    "cases.publish": {"coordinator": "partnership"},
    "governance.view": _EVERYONE,
    "governance.manage": {"coordinator": "partnership", "administrator": "partnership"},
    "interests.declare": _EVERYONE,
    "complaints.make": _EVERYONE,
    "complaints.handle": {
        "coordinator": "partnership",
        "administrator": "partnership",
        "provider_manager": "organisation",
    },
    "ties.manage": _TOGETHER,
    # Administration
    "results.view": _STAFF,
    "recording.view": {
        "provider_manager": "organisation",
        "commissioner": "partnership",
        "coordinator": "partnership",
        "administrator": "partnership",
    },
    "audit.view": {"administrator": "partnership", "provider_manager": "organisation"},
    "retention.run": {"administrator": "partnership"},
    "people.erase": {"administrator": "partnership"},
    "export.all": {"administrator": "partnership"},
    "export.organisation": {"provider_manager": "organisation"},
    "access.export": {"administrator": "partnership", "provider_manager": "organisation"},
}
