"""The generated pages of the contract language are those of the code as it stands.

``python tests/spec/contracts/test_reference.py`` writes them again.
"""

from pathlib import Path

import pytest

from openoutcomes.contracts.keys import KEYS
from openoutcomes.contracts.reference import SECTIONS, language_page, library_page, pages, write_pages
from openoutcomes.contracts.tables import DIMENSIONS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == pages()[name], "run: make derived"


def test_every_group_of_keys_has_its_place_on_the_page() -> None:
    assert set(SECTIONS) == set(KEYS)


@pytest.mark.parametrize(("section", "key"), [(section, key) for section in KEYS for key in KEYS[section]])
def test_every_key_is_on_the_page_with_its_meaning(section: str, key: str) -> None:
    assert f"| `{key}` | {KEYS[section][key].means} |" in language_page()


def test_every_dimension_is_on_the_page() -> None:
    assert [name for name in DIMENSIONS if f"`by {name}`" not in language_page()] == []


def test_the_page_of_the_library_says_what_is_not_a_template_and_what_is_assumed() -> None:
    page = library_page()
    assert page.count("historic: not a template |") == 2
    assert page.count("Assumed:") == page.count("\n## ")


def test_pages_are_written_once_and_left_alone_when_they_are_right(tmp_path: Path) -> None:
    assert write_pages(tmp_path) == list(pages())
    assert write_pages(tmp_path) == []
    (tmp_path / "docs/contracts/library.md").write_text("old")
    assert write_pages(tmp_path) == ["docs/contracts/library.md"]


if __name__ == "__main__":
    write_pages(ROOT)
