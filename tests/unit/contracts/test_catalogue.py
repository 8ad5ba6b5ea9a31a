"""The library of contracts, and how a name is told from a file."""

from pathlib import Path

import pytest

from openoutcomes.contracts.catalogue import find_terms, library_names, library_path
from openoutcomes.standard.problems import InputError


def test_a_name_of_the_library_leads_to_its_file() -> None:
    assert find_terms("fair-chance-fund") == library_path("fair-chance-fund")
    assert all(library_path(name).is_file() for name in library_names())


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="fair-chance-fund"):
        find_terms("fair-chance-fnd")
    with pytest.raises(InputError, match="Known: "):
        find_terms("zzz")


def test_a_path_is_a_path_and_a_file_comes_before_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_terms("nowhere.yaml") == Path("nowhere.yaml")
    assert find_terms("terms/peterborough") == Path("terms/peterborough")
    Path("peterborough").write_text("", encoding="utf-8")
    assert find_terms("peterborough") == Path("peterborough")
