"""The frame: everybody who was offered help, each in one stratum.

A sample speaks only for those who could have been drawn, so the frame holds people who engaged,
who left and who never started. Nobody is dropped from it in silence: a blank stratum, a blank id
or the same id twice is refused with its row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from openoutcomes.standard.problems import InputError, Problem

#: What stands between the values that name a stratum: ``left / North``.
BETWEEN = " / "
#: The first row of data in a file, counted as a spreadsheet counts.
FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the frame: an opaque id, the stratum, and every field of the row."""

    id: str
    stratum: str
    traits: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """Everybody who could be drawn, in order of id, and the fields that make the strata."""

    members: tuple[Member, ...]
    by: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.members)

    @property
    def sizes(self) -> dict[str, int]:
        """People in each stratum, the strata in order of name."""
        counts: dict[str, int] = {}
        for member in self.members:
            counts[member.stratum] = counts.get(member.stratum, 0) + 1
        return dict(sorted(counts.items()))

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of who is in the frame and in which stratum.

        The text hashed is JSON without spaces, ASCII only: the list of stratum fields, then a
        list of [id, stratum] in order of id. Other fields may change without changing it, and
        so may the order of rows.
        """
        held = [list(self.by), [[member.id, member.stratum] for member in self.members]]
        text = json.dumps(held, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def make_frame(
    rows: Iterable[Mapping[str, str]],
    *,
    by: Sequence[str],
    id_field: str = "person_id",
    file: str = "",
    row_numbers: Sequence[int] | None = None,
) -> Frame:
    """Make a frame from rows of text, one a person, with strata made by the fields ``by``.

    ``row_numbers`` says which row of ``file`` each came from, for messages; rows 2, 3, 4 … if
    left out. Spaces around ids and strata are removed. With no ``by``, everybody is in one
    stratum, ``everybody``. Raises InputError with every problem found.
    """
    held = [dict(row) for row in rows]
    numbers = list(row_numbers) if row_numbers is not None else list(range(FIRST_ROW, FIRST_ROW + len(held)))
    problems = _no_such_fields(held, [id_field, *by], file)
    if not held:
        problems = [
            Problem(
                "Nobody is in the frame.",
                "List everybody who was offered help: engaged, left and never started.",
                file,
                code="empty-frame",
            )
        ]
    if problems:
        raise InputError(problems)
    members: list[Member] = []
    first_seen: dict[str, int] = {}
    named: dict[str, tuple[str, ...]] = {}
    for row, number in zip(held, numbers, strict=True):
        who = row[id_field].strip()
        values = tuple(row[name].strip() for name in by)
        stratum = BETWEEN.join(values) if by else "everybody"
        problems += _wrong_with(who, values, by, id_field, (file, number))
        if who and who in first_seen:
            problems.append(
                Problem(
                    f"{who} is in the frame twice; the first time is row {first_seen[who]}.",
                    "Keep one row for each person: somebody listed twice would be twice as likely to be drawn.",
                    file,
                    number,
                    field=id_field,
                    value=who,
                    code="repeated-id",
                )
            )
        if named.setdefault(stratum, values) != values:
            problems.append(
                Problem(
                    f"Two different strata would both be called “{stratum}”.",
                    f"Do not use “{BETWEEN.strip()}” with spaces in the values of {' or '.join(by)}.",
                    file,
                    number,
                    field=by[0],
                    code="strata-alike",
                )
            )
        first_seen.setdefault(who, number)
        members.append(Member(who, stratum, row))
    if problems:
        raise InputError(problems)
    return Frame(tuple(sorted(members, key=lambda member: member.id)), tuple(by))


def _no_such_fields(rows: Sequence[Mapping[str, str]], fields: Sequence[str], file: str) -> list[Problem]:
    """Say which named fields the rows do not have."""
    return [
        Problem(
            f"There is no column {name}.",
            f"The columns are {', '.join(rows[0])}.",
            file,
            1,
            field=name,
            code="no-column",
        )
        for name in dict.fromkeys(fields)
        if rows and name not in rows[0]
    ]


def _wrong_with(
    who: str, values: tuple[str, ...], by: Sequence[str], id_field: str, place: tuple[str, int]
) -> list[Problem]:
    """Say what is blank in one row."""
    file, number = place
    found = []
    if not who:
        found.append(
            Problem(
                "There is no id.", "Every person needs one.", file, number, field=id_field, code="blank-id"
            )
        )
    found += [
        Problem(
            "It is blank, so the person is in no stratum and could never be drawn.",
            "Fill it in, or write “not known”, which is then a stratum of its own.",
            file,
            number,
            field=name,
            code="blank-stratum",
        )
        for name, value in zip(by, values, strict=True)
        if not value
    ]
    return found
