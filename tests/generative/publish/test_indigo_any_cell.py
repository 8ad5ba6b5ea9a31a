"""Whatever a cell of an export holds, the reconciliation ends in a result, quickly and without an error."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.cli._output import table_text
from openoutcomes.publish.indigo import read_export, reconcile
from openoutcomes.publish.indigo.report import as_csv, as_html, as_text

EXAMPLE = Path(__file__).parents[3] / "src/openoutcomes/examples_data/fair-chance-fund/indigo"
FILES = sorted(path.name for path in EXAMPLE.glob("*.csv") if path.name != "projects.csv")
NASTY = (
    "", "£", "$", "1,2345", "-1", "1e9", "999999999999", "9999999999", "1e-6", "0", "0.5", "NaN", "current", "2018-13", "Planned",
    "plan" + "9" * 5_000, "9" * 5_000, "9" * 100_000 + "%", "1%, " * 20_000, "nto" * 40_000, "=1+1", "INDIGO-POJ-0132",
    "outcomemetric2", "75% and 94% of 23 people", "12/23 (9%)", "available (" + "9" * 50 + ") 5%",
    "maximum per person 8,200,200,200,200,200", "EUR", "1.5m (about)", "\x00", "\ufeff", "\u2028", "'", '"', "Final", "Interim",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FILES),
            st.integers(0, 30),
            st.integers(0, 12),
            st.one_of(st.sampled_from(NASTY), st.text(max_size=12)),
        ),
        max_size=12,
    )
)
def test_any_cells_may_hold_anything(changes: list[tuple[str, int, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(EXAMPLE, Path(name) / "export"))
        for file, row, column, text in changes:
            _change(folder / file, row, column, text)
        result = reconcile(read_export(folder))
        json.dumps(result.as_dict(), allow_nan=False)
        assert as_csv(result).count("INDIGO-POJ-0131") >= 1
        assert "</html>" in as_html(result)
        assert "Projects by status" in as_text(result, table_text)
        for project in result.projects:
            if project.verdict.status in ("agrees", "explained", "unexplained"):
                assert project.paid is not None
                assert project.price_times_count is not None
            assert (project.verdict.status == "explained") == (project.verdict.rule is not None)


def _change(path: Path, row: int, column: int, text: str) -> None:
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        rows = list(csv.reader(file))
    if row < len(rows) and column < len(rows[row]):
        rows[row][column] = text.encode("utf-8", "replace").decode()
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
