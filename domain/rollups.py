"""How what was noted beside a change becomes sums by quarter of an hour and by month, and how these are made anew.

Whoever writes, a trigger notes in the same transaction what that changes. A job adds the notes up, one transaction at a
time; who reads takes the sums and the notes together, and so is never behind. All columns are sums, so that whatever is
taken back adds its opposite. See docs/decisions/charts-add-up-quarters-of-an-hour.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Rollup:
    """The sums of one kind of change. Its parts are rows of `site_id`, `node_id`, `quarter_at` and the measures."""

    quarters: str
    """The table of sums by site and quarter; the number 0 stands for all sites (models/charging_rollup.py)."""
    months: str
    """The table of sums by site, station and month in UTC."""
    measures: tuple[str, ...]
    of_months: Mapping[str, str]
    """What a month is told of, each as it is summed over parts."""
    month_counts: str
    """Of which parts a month holds sums."""
    noted: str
    """Common table expressions: the first, `noted`, takes the notes away, and the last, `part`, is their parts."""
    empty: tuple[str, ...]
    """What comes first when all is made anew."""
    anew: str
    """The parts of all that there is."""
    counted: str
    """How many things those are of, from the parts."""
    since: str = "'-infinity'::timestamptz"
    """From which moment on there is something to make sums of; what lies before stays as it is."""

    def fold(self, db: Session) -> int:
        """Add up what was noted; returns how many notes those were."""
        db.execute(self._alone)
        return db.scalar(self._fold) or 0

    def rebuild(self, engine: Engine) -> int:
        """Make all sums anew; returns of how many things.

        Stations go on meanwhile: what they change after the moment that is read stays noted, and is added afterwards.
        """
        with engine.connect() as guard, engine.connect() as connection:
            # Held until the other transaction, which must not begin to read before it is held, has committed.
            guard.execute(self._alone)
            with connection.execution_options(isolation_level="REPEATABLE READ").begin():
                return self.make_anew(connection)

    def make_anew(self, connection: Connection) -> int:
        gone = (
            f"DELETE FROM {self.quarters} WHERE quarter_at >= {self.since}",  # noqa: S608 - our own words, as below
            f"DELETE FROM {self.months} WHERE month_at >= {self.since}",  # noqa: S608
        )
        for statement in (*self.empty, *gone):
            connection.execute(text(statement))
        return connection.scalar(self._anew) or 0

    @cached_property
    def _alone(self) -> TextClause:
        """One adds up at a time."""
        return text(f"SELECT pg_advisory_xact_lock(hashtext('{self.quarters}'))")

    @cached_property
    def _of_quarters(self) -> str:
        return (
            f"INSERT INTO {self.quarters} (site_id, quarter_at, {', '.join(self.measures)})"  # noqa: S608
            f" SELECT place, quarter_at, {', '.join(f'sum({name})' for name in self.measures)}"
            " FROM part, unnest(ARRAY[site_id, 0]) AS place GROUP BY 1, 2"
        )

    @cached_property
    def _of_months(self) -> str:
        return (
            f"INSERT INTO {self.months} (month_at, site_id, node_id, {', '.join(self.of_months)})"  # noqa: S608
            f" SELECT date_trunc('month', quarter_at, 'UTC'), site_id, node_id, {', '.join(self.of_months.values())}"
            f" FROM part WHERE {self.month_counts} GROUP BY 1, 2, 3"
        )

    @cached_property
    def _fold(self) -> TextClause:
        quarters = f"ON CONFLICT (site_id, quarter_at) DO UPDATE SET {_added(self.quarters, self.measures)}"
        months = f"ON CONFLICT (month_at, site_id, node_id) DO UPDATE SET {_added(self.months, self.of_months)}"
        return text(
            f"WITH {self.noted}, quarters AS ({self._of_quarters} {quarters}), months AS ({self._of_months} {months})"  # noqa: S608
            " SELECT count(*) FROM noted"
        )

    @cached_property
    def _anew(self) -> TextClause:
        return text(
            f"WITH part AS MATERIALIZED ({self.anew}), quarters AS ({self._of_quarters}), months AS ({self._of_months})"  # noqa: S608
            f" SELECT {self.counted} FROM part"
        )


def _added(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)
