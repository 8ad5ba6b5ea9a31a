"""One broken file for each mistake, and what its writer is told: where, what, and how to mend it.

Each file in ``mistakes`` begins with one comment line for each problem it must bring, in order.
"""

from pathlib import Path

import pytest

from openoutcomes.contracts.examples import run_examples
from openoutcomes.contracts.reading import open_terms, read_terms
from openoutcomes.standard.problems import InputError, Problem

MISTAKES = sorted((Path(__file__).parent / "mistakes").glob("*.yaml"))


def found(path: Path) -> tuple[Problem, ...]:
    """Return what is wrong with a file; examples are read only when the terms are sound."""
    try:
        document = open_terms(path)
        read_terms(document)
        run_examples(document)
    except InputError as error:
        return error.problems
    return ()


def problems(path: Path) -> list[str]:
    """Return what is said of a file, without its name."""
    return [str(problem).removeprefix(str(path)).lstrip(",: ") for problem in found(path)]


def expected(path: Path) -> list[str]:
    # One of the files is not UTF-8, on purpose.
    text = path.read_bytes().decode("utf-8", errors="replace")
    said = []
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        said.append(line.removeprefix("# "))
    return said


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_is_named_with_its_line_and_its_mending(path: Path) -> None:
    assert problems(path) == expected(path) != []
    assert {problem.file for problem in found(path)} == {str(path)}


def test_a_file_that_is_not_there_is_a_problem_and_not_a_traceback(tmp_path: Path) -> None:
    missing = tmp_path / "terms.yaml"
    with pytest.raises(InputError) as error:
        open_terms(missing)
    assert str(error.value) == f"{missing}: there is no such file. Check the path."


def test_a_folder_is_a_problem_and_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        open_terms(tmp_path)
    assert str(error.value) == f"{tmp_path}: this is a folder, not a YAML file. Name a file in it."


def test_every_mistake_is_told_at_once() -> None:
    both = Path(__file__).parent / "mistakes" / "three-at-once.yaml"
    assert len(problems(both)) == 3
