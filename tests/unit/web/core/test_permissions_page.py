"""The page on permissions is what the matrix says."""

from pathlib import Path

from openoutcomes.web.core.permissions_page import PAGE, permissions_page

ROOT = Path(__file__).parents[4]


def test_the_page_on_permissions_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == permissions_page(), "run: make derived"
