"""The page on settings is what the settings say, and every variable that is read is on it."""

import re
from pathlib import Path

from openoutcomes.web.core.settings_page import PAGE, settings_page
from openoutcomes.web.settings import VARIABLES

ROOT = Path(__file__).parents[4]
#: Of tests and of the build, not of the platform.
ELSEWHERE = {
    "OPENOUTCOMES_DATA",
    "OPENOUTCOMES_DEPTH",
    "OPENOUTCOMES_REQUIRE",
    "OPENOUTCOMES_TEST_DATABASE_URL",
}


def test_the_page_on_settings_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == settings_page(), "run: make derived"


def test_every_variable_that_is_read_is_documented() -> None:
    source = ROOT / "src" / "openoutcomes"
    named = set()
    for path in source.rglob("*.py"):
        named |= set(re.findall(r"\bOPENOUTCOMES_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert named - ELSEWHERE == set(VARIABLES)
