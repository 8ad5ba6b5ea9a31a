"""The page that describes the file of cases says what the check does."""

import re
from pathlib import Path

from openoutcomes.web.cases.fileformat import MEMBERS

PAGE = Path(__file__).parents[4] / "docs" / "use" / "cases.md"


def test_the_page_names_every_member_of_a_case_and_every_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert list(rows) == [member.name for member in MEMBERS]
    for member in MEMBERS:
        named = re.findall(r"`(\w+)`", rows[member.name])
        assert named == list(member.codes or ()), member.name
        assert ("Needed." in rows[member.name]) == member.required, member.name
