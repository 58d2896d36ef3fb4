"""What the URL of a table asks for: filters, order, page, columns, node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from portal.table.column import Column
from portal.table.paging import Cursor, Sort
from portal.table.ranges import FilterError

PAGE_SIZES = (15, 25, 50, 100, 200)
RESERVED = frozenset(
    {"node", "sort", "rows", "columns", "after", "before", "count", "key", "sort_value", "table", "gzip"}
)
LONGEST_FILTER = 200


@dataclass
class TableQuery:
    """One request for a table, understood as far as it can be; what is wrong stands in `errors` and `notes`."""

    columns: tuple[Column, ...]
    """Those to show, in order."""
    sort: Sort
    page_size: int
    node: str | None = None
    cursor: Cursor | None = None
    backwards: bool = False
    """The page before the cursor rather than after it."""
    exact_count: bool = False
    filters: dict[str, str] = field(default_factory=dict)
    """What was written under each heading, right or wrong."""
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """For each filter that was not understood: what would be right."""
    notes: list[str] = field(default_factory=list)
    """What else was not understood."""
    chosen: tuple[str, ...] = ()
    """The columns that the URL names; empty for the usual ones."""
    usual: dict[str, str] = field(default_factory=dict)
    """What needs not be said in a URL."""

    def params(self, **changes: Any) -> dict[str, str]:
        """The query string that asks for this again, with changes; None takes a parameter away."""
        params: dict[str, Any] = {"node": self.node, **self.filters}
        params |= {"sort": str(self.sort), "rows": self.page_size, "columns": ",".join(self.chosen)} | changes
        said = {name: str(value) for name, value in params.items() if value not in (None, "")}
        return {name: value for name, value in said.items() if value != self.usual.get(name)}

    def link(self, **changes: Any) -> str:
        """As `params`, for an href on the same page; the page itself is not kept."""
        return "?" + urlencode(self.params(**changes))

    def sort_link(self, column: Column) -> str:
        """Sort by a column, or turn the order round if it is sorted by already."""
        again = self.sort.column is column and not self.sort.descending
        return self.link(sort=f"-{column.name}" if again else column.name)


def parse_query(
    args: MultiDict[str, str],
    columns: Sequence[Column],
    *,
    default_sort: str,
    default_page_size: int,
    zone: ZoneInfo,
    remembered_columns: str = "",
) -> TableQuery:
    """Understand a query string. Never fails: what cannot be understood is left out and said so."""
    by_name = {column.name: column for column in columns}
    notes: list[str] = []
    sort = _sort(args.get("sort"), by_name, default_sort, notes)
    query = TableQuery(
        columns=(), sort=sort, page_size=_page_size(args.get("rows"), default_page_size, notes), notes=notes
    )
    query.usual = {"sort": default_sort, "rows": str(default_page_size)}
    query.exact_count = args.get("count") == "exact"
    _read_filters(query, args, columns, zone)
    _read_cursor(query, args)
    query.chosen = tuple(name for part in args.getlist("columns") for name in part.split(",") if name in by_name)
    names = query.chosen or tuple(name for name in remembered_columns.split(",") if name in by_name)
    query.columns = _shown(names, query, columns)
    return query


def _sort(text: str | None, by_name: Mapping[str, Column], default: str, notes: list[str]) -> Sort:
    if text and not (text.removeprefix("-") in by_name and by_name[text.removeprefix("-")].sortable):
        notes.append(_("There is no column “%(name)s” to sort by.", name=text.removeprefix("-")))
        text = None
    text = text or default
    return Sort(by_name[text.removeprefix("-")], text.startswith("-"))


def _page_size(text: str | None, default: int, notes: list[str]) -> int:
    if not text:
        return default
    if text.isdecimal() and len(text) < 10:
        return min(PAGE_SIZES, key=lambda size: abs(size - int(text)))
    notes.append(_("“%(text)s” is not a number of rows.", text=text))
    return default


def _read_filters(query: TableQuery, args: MultiDict[str, str], columns: Sequence[Column], zone: ZoneInfo) -> None:
    for column in columns:
        text = args.get(column.name, "").strip()
        if not text:
            continue
        query.filters[column.name] = text[:LONGEST_FILTER]
        try:
            if len(text) > LONGEST_FILTER:
                raise FilterError(_("At most %(count)s characters.", count=LONGEST_FILTER))
            query.conditions.append(column.filter(text, zone))
        except FilterError as error:
            query.errors[column.name] = str(error)


def _read_cursor(query: TableQuery, args: MultiDict[str, str]) -> None:
    text = args.get("after") or args.get("before")
    if not text:
        return
    try:
        query.cursor = Cursor.parse(text, query.sort.column)
        query.backwards = not args.get("after")
    except ValueError:
        query.notes.append(_("The link to this page is damaged; this is the first page."))


def _shown(names: Sequence[str], query: TableQuery, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The chosen columns in the order chosen, else the usual ones; a column that is filtered is never hidden."""
    if names:
        by_name = {column.name: column for column in columns}
        shown = [by_name[name] for name in dict.fromkeys(names)]
        shown += [column for column in columns if column.name in query.filters and column.name not in names]
        return tuple(shown)
    return tuple(column for column in columns if column.default or column.name in query.filters)
