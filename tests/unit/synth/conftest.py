"""Terms for the tests of made-up people: one that uses every rule, one from the library."""

from pathlib import Path

import pytest

from openoutcomes.contracts.catalogue import library_path
from openoutcomes.contracts.reading import load_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.synth.brief import Brief


@pytest.fixture(scope="session")
def everything() -> Terms:
    return load_terms(Path(__file__).with_name("everything.yaml"))


@pytest.fixture(scope="session")
def fair_chance() -> Terms:
    return load_terms(library_path("fair-chance-fund"))


@pytest.fixture(scope="session")
def fair_chance_brief(fair_chance: Terms) -> Brief:
    return Brief(fair_chance)
