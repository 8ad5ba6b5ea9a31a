"""Strict YAML: every way in which a file that somebody wrote can be unreadable is said with its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.standard.yamlnodes import Node, Reader, load_yaml, parse_yaml


def said(error: pytest.ExceptionInfo[InputError]) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.what) for problem in error.value.problems]


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load_yaml(tmp_path)
    assert said(error) == [(None, "this is a folder, not a YAML file.")]


def test_a_file_that_the_system_will_not_open_is_said_with_the_reason(tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    with pytest.raises(InputError) as error:
        load_yaml(loop)
    ((_, what),) = said(error)
    assert what.startswith("the file cannot be read: ")


def test_a_file_far_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("a: " + "b" * 5_000_000, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_yaml(path)
    assert said(error) == [(None, "the file is larger than 5 MB.")]


def test_nesting_without_end_is_refused_where_it_goes_too_deep() -> None:
    text = "".join(f"{'  ' * depth}deeper:\n" for depth in range(60))
    with pytest.raises(InputError) as error:
        parse_yaml(text, "terms.yaml")
    assert said(error) == [(42, "this is nested too deeply.")]


def test_a_key_that_is_no_word_is_refused() -> None:
    with pytest.raises(InputError) as error:
        parse_yaml("name: x\n? [a, b]\n: c\n", "terms.yaml")
    assert said(error) == [(2, "a key must be a plain word or phrase.")]


def test_an_empty_value_reads_as_nothing_written() -> None:
    node = parse_yaml("name:\n", "terms.yaml").mapping["name"]
    assert (node.is_empty, node.text) == (True, "")


@pytest.mark.parametrize(
    ("written", "number", "said"),
    [
        ("1234.50", Decimal("1234.50"), None),
        ("1,234.50", None, "'1,234.50' has a comma in it."),
        ("1e3", None, "expected a number, found '1e3'."),
        ("", None, "expected a number, found 'nothing'."),
    ],
)
def test_a_number_is_exact_or_refused(written: str, number: Decimal | None, said: str | None) -> None:
    reader = Reader()
    assert reader.decimal(Node(written or None, "terms.yaml", 1)) == number
    assert [problem.what for problem in reader.problems] == ([said] if said else [])
