"""One page of a table, ready for the template."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from domain import saved_views
from portal import exports, formats
from portal.table.actions import Action, ForMarked
from portal.table.column import Column, Row
from portal.table.columns import Number
from portal.table.count import Count, total_text
from portal.table.paging import Cursor
from portal.table.query import PAGE_SIZES, TableQuery
from portal.table.reading import read
from portal.viewer import viewer

if TYPE_CHECKING:
    from portal.table.view import TableView


@dataclass(frozen=True)
class Cell:
    """One value, as it is shown, and the filter that finds it."""

    column: Column
    html: str | Markup
    filter_text: str


@dataclass(frozen=True)
class Line:
    """One row."""

    key: int
    cells: list[Cell]
    actions: list[Action]
    filter_cell: Cell
    """Whose value the menu offers to filter by."""


@dataclass(frozen=True, slots=True)
class SavedLink:
    """One of the user's own views of the table."""

    name: str
    url: str
    remove_url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class FileLink:
    """A kind of file that the table can be had as; a large one is made by a job."""

    label: str
    url: str
    is_large: bool


@dataclass(frozen=True)
class Page:
    """What the template shows."""

    view: "TableView"
    query: TableQuery
    lines: list[Line]
    count: Count
    totals: tuple[Number, ...]
    """The columns whose sum the footer tells."""
    previous: str | None
    """The link to the page before, if there is one."""
    next: str | None
    is_empty: bool
    """Whether there is nothing even without filters."""
    saved: list[SavedLink]
    """The user's own views, by name."""
    page_sizes: tuple[int, ...] = PAGE_SIZES

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.query.columns

    @property
    def all_columns(self) -> list[Column]:
        """Those that are shown, as they are ordered, and then the others."""
        return [*self.columns, *(column for column in self.view.offered() if column not in self.columns)]

    @property
    def count_text(self) -> str:
        number = formats.number(self.count.rows)
        return self.view.counted(
            self.count.rows, _("more than %(number)s", number=number) if self.count.more else number
        )

    @property
    def total_texts(self) -> list[str]:
        """The totals, in words; none when there are more rows than were added up."""
        sums = self.count.sums
        return [total_text(column, sums[column.name]) for column in self.totals if column.name in sums]

    @property
    def exports(self) -> list[FileLink]:
        """The files that this table can be had as."""
        if not self.view.allows("export"):
            return []
        params = self.shared_params | {"rows": None}
        is_large = self.count.more or self.count.rows > exports.AT_ONCE_ROWS
        return [
            FileLink(
                exports.LABELS[name],
                url_for(".export", file_type=name, **params),
                is_large and not exports.KINDS[name].is_streamed,
            )
            for name in self.view.file_types
        ]

    @property
    def schedule_link(self) -> str:
        params = self.shared_params | {"rows": None}
        return url_for("ExportSchedulesView.add", table=self.view.endpoint, **params)

    @property
    def shared_params(self) -> dict[str, str]:
        """What asks anybody's browser for this table: with the columns, which else the own browser remembers."""
        return self.query.params(columns=",".join(column.name for column in self.columns))

    @property
    def share_link(self) -> str:
        return url_for(".list", **self.shared_params)

    @property
    def save_link(self) -> str:
        return url_for("SavedViewView.save", table=self.view.endpoint, **self.shared_params)

    @property
    def adds(self) -> list[Action]:
        return self.view.adds()

    @property
    def marks(self) -> ForMarked | None:
        return self.view.marks() if self.lines else None

    @property
    def listed_link(self) -> str:
        """The page for many rows, for all that the filters leave."""
        return url_for(self.view.marks().endpoint, **self.query.params(sort=None, rows=None, columns=None))

    @property
    def hidden_params(self) -> dict[str, str]:
        """What the filter form must carry along besides the filters."""
        names = {"node", "sort", "columns"}
        return {name: value for name, value in self.query.params().items() if name in names}

    @property
    def clear_link(self) -> str:
        """The same table without any filter."""
        return self.query.link(**dict.fromkeys(self.query.filters))

    def sort_direction(self, column: Column) -> str | None:
        """In ARIA's words; None for a column that is not sorted by."""
        if self.query.sort.column is not column:
            return None
        return "descending" if self.query.sort.descending else "ascending"


def load(view: "TableView", db: Session, query: TableQuery) -> Page:
    """Read the page that `query` asks for."""
    part = read(view, db, query)
    rows = part.rows
    view.complete(db, rows)
    is_empty = not rows and (not query.conditions or db.execute(view.narrowed().limit(1)).first() is None)
    return Page(
        view=view,
        query=query,
        lines=lines_of(view, query, rows),
        count=part.count,
        totals=view.totals(),
        previous=query.link(before=Cursor.of(rows[0])) if part.has_previous else None,
        next=query.link(after=Cursor.of(rows[-1])) if part.has_next else None,
        is_empty=is_empty,
        saved=_saved_links(view, db, query),
    )


def _saved_links(view: "TableView", db: Session, query: TableQuery) -> list[SavedLink]:
    shown = query.params(node=None)
    return [
        SavedLink(
            saved.name,
            view.link_with(saved.query),
            url_for("SavedViewView.remove", pk=saved.id, table=view.endpoint, **query.params()),
            dict(parse_qsl(saved.query)) == shown,
        )
        for saved in saved_views.of_user(db, viewer().user_id, view.endpoint)
    ]


def lines_of(view: "TableView", query: TableQuery, rows: list[Row]) -> list[Line]:
    """The rows as they are shown, with the columns of the query."""
    zone = formats.user_time_zone()
    return [_line(view, query, row, zone) for row in rows]


def _line(view: "TableView", query: TableQuery, row: Row, zone: ZoneInfo) -> Line:
    cells = [_cell(column, row, zone) for column in query.columns]
    named = [cell for cell in cells if cell.column.name == view.filter_column]
    texts = [cell for cell in cells if cell.column.kind == "text"]
    return Line(row["key"], cells, view.row_actions(row), (named or texts or cells)[0])


def _cell(column: Column, row: Row, zone: ZoneInfo) -> Cell:
    value: Any = row[column.name]
    text = str(column.empty) if value is None else column.text(value, zone)
    return Cell(column, column.render(row) if column.render else text, column.filter_text(value, zone))
