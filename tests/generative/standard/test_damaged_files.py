"""Files damaged at random: always a report, never an exception, and no file left open."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.reading import check_path
from openoutcomes.standard.template import template
from openoutcomes.standard.writing import write_dataset

_DATA = {
    "people": [{"person_id": f"p{number}", "birth_year": 1990, "source": "=x"} for number in range(5)],
    "events": [{"event_id": "e1", "person_id": "p1", "kind": "moved", "occurred_on": "2015-01-01"}],
}
_BITES = st.lists(
    st.tuples(
        st.floats(0, 0.999), st.integers(0, 20), st.binary(max_size=4) | st.sampled_from([b"<", b'"', b"="])
    ),
    min_size=1,
    max_size=5,
)


def _bitten(content: bytes, bites: list[tuple[float, int, bytes]]) -> bytes:
    """Cut some bytes out at each place (a fraction of the length) and put others in."""
    damaged = bytearray(content)
    for where, cut, put in bites:
        start = int(where * len(damaged))
        damaged[start : start + cut] = put
    return bytes(damaged)


@cache
def _written(kind: Literal["parquet", "xlsx"]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"out.{kind}"
        write_dataset(Dataset.from_rows(_DATA), target, kind)
        return (target / "people.parquet" if kind == "parquet" else target).read_bytes()


def _check(name: str, content: bytes) -> None:
    """Check the content as a file of that name: a report without a data set says why."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        report = check_path(path)
    assert (report.dataset is None) == (report.errors > 0)
    assert report.readable or report.errors


@given(_BITES)
def test_damaged_parquet(bites: list[tuple[float, int, bytes]]) -> None:
    _check("people.parquet", _bitten(_written("parquet"), bites))


@given(_BITES)
def test_damaged_archives(bites: list[tuple[float, int, bytes]]) -> None:
    _check("data.xlsx", _bitten(_written("xlsx"), bites))


@given(st.booleans(), st.floats(0, 0.999), _BITES)
def test_damaged_parts_of_workbooks(ours: bool, which: float, bites: list[tuple[float, int, bytes]]) -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_written("xlsx") if ours else template(["people"]))) as old,
        zipfile.ZipFile(packed, "w") as new,
    ):
        names = old.namelist()
        chosen = names[int(which * len(names))]
        for name in names:
            new.writestr(name, _bitten(old.read(name), bites) if name == chosen else old.read(name))
    _check("data.xlsx", packed.getvalue())


_SIGNS = st.sampled_from(
    [b",", b'"', b"\n", b"\r", b";", b"=", b"p1", b"\xc3\xa9", b"\xff", b"\x00", b"\xef\xbb\xbf", b" "]
)


@given(st.sampled_from([b"", b"person_id,birth_year,source\n"]), st.lists(_SIGNS, max_size=30).map(b"".join))
def test_any_bytes_as_csv(header: bytes, content: bytes) -> None:
    _check("people.csv", header + content)
