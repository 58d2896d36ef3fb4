"""Reading one page and its count, quickly whether a filter leaves a handful of a million rows or nearly all of them.

Many rows are left: they are met soon on the way through an index in the order asked for. Few are left: that way would
be long, and it is better to collect them all and sort them. Which of the two is the case PostgreSQL can only guess, and
guesses badly where column and order are related (sessions that *ended* in August, ordered by their *start*). So with a
filter on, up to `CAP` rows are collected first; they give page, count and sums at once. Only if there are more is the
page read in order.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from portal.table.column import Row
from portal.table.columns import Number
from portal.table.count import CAP, Count, count, count_of
from portal.table.paging import Order, fetch, segments
from portal.table.query import TableQuery

if TYPE_CHECKING:
    from portal.table.view import TableView


@dataclass(frozen=True, slots=True)
class Part:
    """A page's rows, whether others are before and after them, and how many there are in all."""

    rows: list[Row]
    has_previous: bool
    has_next: bool
    count: Count


def read(view: "TableView", db: Session, query: TableQuery) -> Part:
    """The page that `query` asks for; the first one where the place it asks for is gone."""
    columns = tuple({column.name: column for column in (*query.columns, *view.totals())}.values())
    expression = query.sort.column.expression
    statement = view.select(query, columns, key=view.key, sort_value=expression, **view.extras)
    order, limit = Order(expression, view.key, query.sort.descending), query.page_size + 1
    counted = None
    if query.conditions:
        rows, counted = _few(db, statement, order, query, view.totals())
    if counted is None or counted.more:
        rows = fetch(db, statement, order, query.cursor, limit, query.backwards)
    has_more = len(rows) == limit
    if query.cursor and (not rows or (query.backwards and not has_more)):
        # The way back has reached the beginning, or the rows behind the cursor are gone.
        query.cursor, query.backwards = None, False
        return read(view, db, query)
    has_previous, has_next = query.cursor is not None, has_more or query.backwards
    shown = rows[-query.page_size :] if query.backwards else rows[: query.page_size]
    if counted is None and not has_previous and not has_next:
        counted = count_of(shown, view.totals())
    if counted is None or (counted.more and query.exact_count):
        counted = count(db, view.narrowed().where(*query.conditions), view.totals(), exact=query.exact_count)
    return Part(shown, has_previous, has_next, counted)


def _few(
    db: Session, statement: Select[Any], order: Order, query: TableQuery, totals: tuple[Number, ...]
) -> tuple[list[Row], Count]:
    """Page and count out of at most `CAP` rows; with `Count.more` there are others, and the page is not right."""
    few = statement.limit(CAP + 1).cte("few").prefix_with("MATERIALIZED")
    sums = (func.sum(few.c[column.name]).label(f"sum_{column.name}") for column in totals)
    total = select(func.count().label("count"), *sums).select_from(few).subquery()
    walk = Order(few.c.sort_value, few.c.key, order.descending != query.backwards)
    behind = or_(*(and_(true(), *conditions) for conditions in segments(walk, query.cursor)))
    page = walk.apply(select(few).where(behind)).limit(query.page_size + 1).subquery()
    ordered = Order(page.c.sort_value, page.c.key, order.descending)
    # The outer join says the count even where the page is empty.
    both = ordered.apply(select(total, page).select_from(total.outerjoin(page, true())))
    rows = [dict(row) for row in db.execute(both).mappings()]
    counted = Count(
        min(rows[0]["count"], CAP),
        rows[0]["count"] > CAP,
        {} if rows[0]["count"] > CAP else {column.name: rows[0][f"sum_{column.name}"] for column in totals},
    )
    return [row for row in rows if row["key"] is not None], counted
