"""What a page of charts shows, as its template, its script and its file take it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import format_date, format_datetime, get_locale, gettext

from domain.charts.periods import Periods, Unit


@dataclass(frozen=True)
class Layer:
    """One of the values that are drawn above each other."""

    word: str
    """Which names its colour in the look."""
    label: str
    values: Sequence[float | None]


@dataclass
class Drawing:
    """One chart. Values are rounded as they are shown; None is drawn as nothing."""

    title: str
    unit: str
    decimals: int
    labels: list[str]
    values: list[float | None]
    kind: str = "bar"
    """bar, line, layers, hours or ranking."""
    layers: list[Layer] = field(default_factory=list)
    before: list[float | None] = field(default_factory=list)
    """Of as many periods before; empty unless they are compared."""
    before_labels: list[str] = field(default_factory=list)
    whole: str = ""
    """The figure above it."""
    change: str = ""
    """Against as long a time before, in percent."""
    explained: str = ""
    note: str = ""
    """What is to be known of these figures before they are believed."""
    columns: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    """The same as a table; of `ranking` the first cell is (name, node or None)."""

    is_empty: bool = False
    """Nothing happened that could be drawn; a figure that is 0 while cars charged is drawn."""

    def for_script(self, words: dict[str, str]) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.title,
            "unit": self.unit,
            "decimals": self.decimals,
            "labels": self.labels,
            "values": self.values,
            "layers": [asdict(layer) for layer in self.layers],
            "before": self.before,
            "beforeLabels": self.before_labels,
            "locale": str(get_locale()).replace("_", "-"),
            "words": words,
        }


def labels(periods: Periods, most: int) -> list[str]:
    begins = list(periods.begins)[:most]
    match periods.unit:
        case Unit.HOUR:
            return [format_datetime(begin.replace(tzinfo=None), "d MMM HH:mm", rebase=False) for begin in begins]
        case Unit.MONTH:
            return [format_date(begin.date(), "MMM y", rebase=False) for begin in begins]
        case Unit.WEEK:
            return [
                gettext("week of %(day)s", day=format_date(begin.date(), "d MMM y", rebase=False)) for begin in begins
            ]
        case _:
            return [format_date(begin.date(), "EEE d MMM y", rebase=False) for begin in begins]
