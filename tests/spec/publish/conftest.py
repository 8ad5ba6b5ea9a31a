"""The export builder of the unit tests, shared with these."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).parents[2] / "unit" / "publish" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("indigo_builder", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
_BUILDER = importlib.util.module_from_spec(_SPEC)
sys.modules["indigo_builder"] = _BUILDER
_SPEC.loader.exec_module(_BUILDER)

folder = _BUILDER.folder
contract = _BUILDER.contract
priced = _BUILDER.priced
