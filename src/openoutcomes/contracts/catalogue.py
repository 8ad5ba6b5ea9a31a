"""The library of real contracts that comes with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.yamlnodes import suggestion


def library_names() -> list[str]:
    """Return the names of the contracts in the library, in alphabetical order."""
    folder = resources.files("openoutcomes.contracts") / "library"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def library_path(name: str) -> Path:
    """Return the file of a contract in the library. Raises InputError for an unknown name."""
    names = library_names()
    if name not in names:
        what = f"there is no file and no contract of the library named {name!r}."
        raise InputError(Problem(what=what, mend=suggestion(name, names) or f"Known: {', '.join(names)}."))
    return Path(str(resources.files("openoutcomes.contracts") / "library" / f"{name}.yaml"))


def find_terms(name: str | Path) -> Path:
    """Return ``name`` as a file when there is one, else the contract of that name in the library.

    A name with a slash or an ending is taken as a path. Raises InputError when there is neither.
    """
    path = Path(name)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    return library_path(str(name))
