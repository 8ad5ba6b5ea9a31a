"""Loads the reference pricer beside the tests, which are not a package."""

import importlib.util
import sys
from pathlib import Path


def _load(name):
    spec = importlib.util.spec_from_file_location(
        f"generative_contracts_{name}", Path(__file__).parent / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


# The strategies import the reference by its short name, so the order matters.
_load("contracts_reference")
_load("contracts_strategies")
