"""Which backups stay."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from launcher.backups.retention import DAILY, MONTHLY, WEEKLY, backups_in, forget_old, name_of, to_keep

NOW = datetime(2026, 11, 29, 2, 7)
TIMES = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 29)), max_size=60)


def test_two_years_of_nights() -> None:
    nights = [NOW - timedelta(days=number) for number in range(730)]
    kept = sorted(to_keep(nights), reverse=True)
    assert kept[:7] == nights[:7]
    # Sundays, the last nights of their weeks; then the last nights of their months.
    assert [f"{night:%m-%d}" for night in kept[7:10]] == ["11-22", "11-15", "11-08"]
    assert [f"{night:%Y-%m-%d}" for night in kept[10:]] == [
        *("2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30", "2026-05-31", "2026-04-30"),
        *("2026-03-31", "2026-02-28", "2026-01-31", "2025-12-31"),
    ]


@given(TIMES)
def test_the_newest_stays_and_what_stays_is_bounded(times: list[datetime]) -> None:
    kept = to_keep(times)
    assert kept <= set(times)
    assert (max(times) in kept) if times else not kept
    assert len(kept) <= DAILY + WEEKLY + MONTHLY
    assert to_keep(kept) == kept


@given(TIMES)
def test_one_more_night_never_brings_back_what_was_forgotten(times: list[datetime]) -> None:
    forgotten = set(times) - to_keep(times)
    later = [*times, datetime(2026, 11, 30, 2, 7)]
    assert not forgotten & to_keep(later)


def test_files_of_others_are_let_alone(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / name_of(NOW - timedelta(hours=number))).touch()
    (tmp_path / f"{name_of(NOW - timedelta(days=5))}.age").touch()
    foreign = [tmp_path / "charge-portal-notes.tar", tmp_path / "other.tar"]
    for path in foreign:
        path.touch()
    gone = forget_old(tmp_path)
    assert len(gone) == 37
    assert [path.name for path in backups_in(tmp_path)] == [
        "charge-portal-20261129T020700Z.tar",
        "charge-portal-20261128T230700Z.tar",
        "charge-portal-20261127T230700Z.tar",
        "charge-portal-20261124T020700Z.tar.age",
    ]
    assert all(path.exists() for path in foreign)
