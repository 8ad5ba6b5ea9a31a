"""Lists: filters, sorting, pages, export and an empty state, the same everywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse

from openoutcomes.web.core.forms import dress

#: Rows on a page.
PAGE = 25
#: Rows are counted up to this many. Counting a hundred thousand takes longer than finding those of a page, and nobody
#: reads them: a list is narrowed, searched or downloaded instead.
MOST = 1_000
#: A page's number has fewer digits than this, or is no number of a page.
_LONGEST = 9


@dataclass(frozen=True)
class Cell:
    """One cell: text, perhaps a link, a tag of a colour, or a line under it."""

    text: str
    address: str = ""
    tag: str = ""
    under: str = ""
    numeric: bool = False
    title: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its heading, how a row shows in it, and what it is sorted by (nothing: it is not).

    ``plain`` gives the value for the CSV file, where it differs from what is shown.
    """

    title: str
    show: Callable[[Any], Cell | str]
    sort: str = ""
    numeric: bool = False
    plain: Callable[[Any], Any] | None = None


class FilterForm(forms.Form):
    """Filters of a list, read from the address of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.required = False
            # A filter is always optional, so the label need not say so.
            one.widget.is_filter = True  # type: ignore[attr-defined]
            dress(one)


@dataclass(frozen=True)
class _Head:
    title: str
    numeric: bool
    sorted: str
    address: str


@dataclass
class Listing:
    """One page of a list, ready for ``core/list.html``."""

    caption: str
    columns: list[_Head]
    rows: list[list[Cell]]
    count_words: str
    path: str
    sort: str
    filters: FilterForm | None = None
    is_filtered: bool = False
    page_links: dict[str, Any] = field(default_factory=dict)
    empty: str = "There is nothing here yet."
    empty_action: tuple[str, str] | None = None
    export: bool = False
    export_address: str = ""


def up_to(rows: QuerySet[Any], most: int = MOST) -> int:
    """Count rows, but no further than one more than ``most``: the database stops there."""
    return rows.order_by()[: most + 1].count()


def say_count(count: int, most: int = MOST) -> str:
    """Return what ``up_to`` counted in words: the number, or that there are more."""
    return f"{count:,}" if count <= most else f"more than {most:,}"


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of a list that counts its rows only as far as it must: always past the page asked for."""

    def __init__(self, rows: QuerySet[Any] | Sequence[Any], per_page: int, asked: str | None) -> None:
        super().__init__(rows, per_page)
        number = int(asked) if asked and asked.isdecimal() and len(asked) < _LONGEST else 1
        self.most = max(MOST, (number + 1) * per_page)

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list
        return up_to(rows, self.most) if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def count(self) -> int:
        """How many rows there are to turn pages in."""
        return min(self._counted, self.most) if isinstance(self.object_list, QuerySet) else self._counted

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > self.count


def wants_csv(request: Any) -> bool:
    """Say whether the list was asked for as a file."""
    return request.GET.get("format") == "csv"


def listing(
    request: Any,
    rows: QuerySet[Any] | Sequence[Any],
    columns: Sequence[Column],
    *,
    caption: str,
    one: str,
    many: str = "",
    sort: str = "",
    filters: FilterForm | None = None,
    empty: str = "There is nothing here yet.",
    empty_action: tuple[str, str] | None = None,
    export: bool = True,
    per_page: int = PAGE,
) -> Listing:
    """Return one page of ``rows``, sorted and paged as the address of the page asks.

    ``sort`` is the default, as a column's ``sort`` with ``-`` before it for descending. Only query sets
    are sorted here. ``one`` and ``many`` name the rows, as in "person" and "people".
    """
    asked = request.GET.get("sort", "")
    known = {name for column in columns if column.sort for name in (column.sort, f"-{column.sort}")}
    order = asked if asked in known else sort
    if isinstance(rows, QuerySet) and order:
        rows = rows.order_by(order, "-pk" if order.startswith("-") else "pk")
    paginator = Pages(rows, per_page, request.GET.get("page"))
    page = paginator.get_page(request.GET.get("page"))
    shown = [[_cell(column, row) for column in columns] for row in page.object_list]
    total = paginator.count
    words = (
        f"{'More than ' if paginator.has_more else ''}{total:,} {one if total == 1 else many or f'{one}s'}"
    )
    if paginator.num_pages > 1:
        words += f", {page.start_index():,} to {page.end_index():,} shown"
    return Listing(
        caption=caption,
        columns=[_head(request, column, order) for column in columns],
        rows=shown,
        count_words=f"{words}.",
        path=request.path,
        sort=order,
        filters=filters,
        is_filtered=filters is not None and filters.is_valid() and any(filters.cleaned_data.values()),
        page_links=_links(request, page, paginator) if paginator.num_pages > 1 else {},
        empty=empty,
        empty_action=empty_action,
        export=export,
        export_address=_with(request, format="csv", page=None),
    )


def as_csv(rows: Iterable[Any], columns: Sequence[Column], name: str) -> HttpResponse:
    """Return every row of a list as a CSV file that a spreadsheet opens safely."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow(
            [safe(column.plain(row) if column.plain else _cell(column, row).text) for column in columns]
        )
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def safe(value: Any) -> Any:
    """Keep a spreadsheet from taking text for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _cell(column: Column, row: Any) -> Cell:
    shown = column.show(row)
    cell = shown if isinstance(shown, Cell) else Cell(str(shown))
    return Cell(cell.text, cell.address, cell.tag, cell.under, column.numeric, column.title)


def _head(request: Any, column: Column, order: str) -> _Head:
    if not column.sort:
        return _Head(column.title, column.numeric, "", "")
    state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(order, "")
    other = f"-{column.sort}" if state == "ascending" else column.sort
    return _Head(column.title, column.numeric, state, _with(request, sort=other, page=None))


def _with(request: Any, **changes: Any) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _links(request: Any, page: Any, paginator: Paginator[Any]) -> dict[str, Any]:
    numbers = [
        (number, _with(request, page=number) if isinstance(number, int) else "")
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "current": page.number,
        "numbers": numbers,
        "previous": _with(request, page=page.previous_page_number()) if page.has_previous() else "",
        "next": _with(request, page=page.next_page_number()) if page.has_next() else "",
    }
