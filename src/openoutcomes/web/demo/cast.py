"""Who is in the demonstration: organisations, and somebody to sign in as for each role.

Names of people supported are a plant or a bird and a word for something made up, so that nobody
takes them for real.
"""

from __future__ import annotations

from dataclasses import dataclass

from openoutcomes.web.core.permissions import Role

#: Organisation id, name, kind, and its part in the contract.
ORGANISATIONS: tuple[tuple[str, str, str, str], ...] = (
    ("harbour-lights", "Harbour Lights", "charity", "provider"),
    ("lantern-house", "Lantern House", "charity", "provider"),
    ("second-step", "Second Step", "community_interest_company", "provider"),
    ("council", "Northtown Council", "council", "payer"),
    ("national-fund", "National Fund for Homes", "government", "payer"),
    ("place-fund", "Place Fund", "investor", "investor"),
    ("north-verify", "North Verify", "company", ""),
    ("allotment", "Riverside Allotment Group", "community_group", ""),
)


@dataclass(frozen=True)
class Player:
    """Somebody to sign in as: a name for the account, its role and where it is held."""

    key: str
    name: str
    role: Role
    organisation: str = ""
    does: str = ""


CAST: tuple[Player, ...] = (
    Player(
        "link-worker",
        "Wren (link worker)",
        "practitioner",
        "harbour-lights",
        "See your people; note what happened.",
    ),
    Player(
        "coach",
        "Heath (coach)",
        "practitioner",
        "lantern-house",
        "The same at another provider: other people.",
    ),
    Player(
        "small-charity",
        "Olive (does everything)",
        "provider_manager",
        "second-step",
        "A three-person charity on a phone.",
    ),
    Player(
        "manager",
        "Robin (manager)",
        "provider_manager",
        "harbour-lights",
        "See the team's work; prepare and follow claims.",
    ),
    Player(
        "manager-2",
        "Jay (manager)",
        "provider_manager",
        "lantern-house",
        "Prepare claims for another provider.",
    ),
    Player(
        "group-leader",
        "Bryony (group leader)",
        "practitioner",
        "allotment",
        "An unfunded group: registers alone.",
    ),
    Player(
        "commissioner", "Hazel (commissioner)", "commissioner", "council", "Approve claims; see what is owed."
    ),
    Player(
        "commissioner-2", "Rowan (fund)", "commissioner", "national-fund", "Approve the other payer's share."
    ),
    Player("finance", "Linden (finance)", "finance", "council", "Record payments; check bank details."),
    Player("finance-2", "Sorrel (finance)", "finance", "national-fund", "Record the other payer's payments."),
    Player("verifier", "Fern (verifier)", "verifier", "", "Check outcomes against their evidence."),
    Player(
        "investor", "Laurel (investor)", "investor", "place-fund", "Watch drawdown, progress and returns."
    ),
    Player("person", "A young person", "person", "", "See what is held about you, and who looked."),
    Player("coordinator", "Sage (coordinator)", "coordinator", "", "Keep the partnership going."),
    Player("evaluator", "Reed (evaluator)", "evaluator", "", "See results that name nobody."),
    Player(
        "administrator",
        "Clover (administrator)",
        "administrator",
        "",
        "Set up, look after accounts, erase and export.",
    ),
)

FIRST = (
    "Alder", "Aspen", "Bay", "Beech", "Birch", "Briar", "Cedar", "Cicely", "Clary", "Finch", "Flax", "Heron",
    "Holly", "Ivy", "Juniper", "Kestrel", "Lark", "Maple", "Martin", "Merle", "Myrtle", "Poppy", "Primrose",
    "Quince", "Rook", "Rose", "Rush", "Sedge", "Swift", "Tansy", "Teal", "Thyme", "Vetch", "Violet", "Willow", "Yarrow",
)  # fmt: skip
LAST = (
    "Demo", "Example", "Fiction", "Madeup", "Notional", "Pattern", "Placeholder", "Pretend", "Sample", "Specimen",
    "Standin",
)  # fmt: skip


def name_of(number: int) -> str:
    """Return the made-up name of the person of that number; the first 396 are all different."""
    again = number // (len(FIRST) * len(LAST))
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    return f"{name} {again + 1}" if again else name
