"""Charts with a million sessions: how long a year takes at the server, for who sees all and for an administrator of 50
sites; and whether the roll-ups keep up, those of charges and those of states.

    .venv/bin/python -m bench.charts [--sessions 1000000] [--rounds 15]

Every page also stands as a ratio to a count of the year's sessions in the same run on the same machine: what a chart
would cost at the least without roll-ups.
"""

import argparse
import statistics
import sys
import time
from datetime import timedelta
from itertools import product

from bench import history, pages

LIMIT_MS = 200
ENDING_A_SECOND = 500
SECONDS = 10
OVER_TIME = ("energy", "sessions", "duration", "utilisation", "peak", "at-once", "failed", "uptime")
OTHERS = ("hours", "stations", "stations&by=uptime", "sites", "sites&by=uptime")
SITES_OF_ADMINISTRATOR = 50
STATES_A_SECOND = 190
"""As many as 10,000 stations tell (bench/navigator.py)."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sessions", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    with history.built(options.sessions):
        _roll_up()
        is_quick = _measure(options.rounds)
        keeps_up = [_keep_up(), _states_keep_up()]
        return 0 if all(keeps_up) and is_quick else 1


def _roll_up() -> None:
    """All notes of the year at once, and all sums anew."""
    from sqlalchemy import text

    from domain import charging_rollups, state_rollups
    from domain.db import get_engine, session_factory

    history.record_states()
    for what, rollups in (("charges", charging_rollups), ("states", state_rollups)):
        began = time.perf_counter()
        with session_factory().begin() as db:
            notes = rollups.fold(db)
        print(f"{notes:,} notes of {what} added up in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        rollups.rebuild(get_engine())
        print(f"all sums of {what} made anew in {time.perf_counter() - began:.1f} s", flush=True)
    with get_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _measure(rounds: int) -> bool:
    from sqlalchemy import text

    from domain import clock
    from domain.db import get_engine

    today = clock.now().date()
    first = today - timedelta(days=364)
    everything = pages.signed_in()
    of_sites = pages.signed_in_to_sites(everything, SITES_OF_ADMINISTRATOR)
    with get_engine().connect() as connection:
        bare = text("SELECT count(*), sum(energy_wh) FROM charging_session WHERE started_at >= :first")
        base = pages.timed(rounds, lambda: connection.execute(bare, {"first": first}).all())
    _print("bare SELECT count(*), sum(energy_wh)", base, base, heading="a year")
    slow = []
    for who, client in (
        ("the whole system", everything),
        (f"{SITES_OF_ADMINISTRATOR} sites of an administrator", of_sites),
    ):
        print(f"\n{who:44}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}")
        for chart, unit in (*product(OVER_TIME, ("day", "week", "month")), *((other, "day") for other in OTHERS)):
            path = f"/charts/?chart={chart}&unit={unit}&first={first}&last={today}"
            times = pages.timed(rounds, lambda client=client, path=path: pages.get(client, path))
            _print(f"{chart} by {unit}", times, base)
            if pages.p95(times) > LIMIT_MS:
                slow.append(f"{chart} by {unit} of {who}")
    print(f"\nall p95 within {LIMIT_MS} ms" if not slow else f"\nabove {LIMIT_MS} ms: {', '.join(slow)}")
    return not slow


def _states_keep_up() -> bool:
    """What it costs to note so many states in a second, each as the engine tells it, and to add them up."""
    from sqlalchemy import text

    from domain import state_rollups
    from domain.db import session_factory

    told = STATES_A_SECOND * SECONDS
    tell = text("UPDATE outlet SET status = :status, status_at = now() WHERE id = :id")

    def tell_all(status: str) -> float:
        began = time.perf_counter()
        with session_factory().begin() as db:
            for outlet_id in range(2, told + 2):
                db.execute(tell, {"id": outlet_id, "status": status})
        return time.perf_counter() - began

    tell_all("preparing")
    same, other = tell_all("charging"), tell_all("available")
    began = time.perf_counter()
    with session_factory().begin() as db:
        notes = state_rollups.fold(db)
    adding = time.perf_counter() - began
    print(f"{told:,} states told in {same:.2f} s where they are the same to a person, in {other:.2f} s where another")
    print(f"{notes:,} notes of it added up in {adding:.2f} s")
    cost = (other - same + adding) / SECONDS
    print(f"so to record {STATES_A_SECOND} states a second costs {100 * cost:.1f}% of the time")
    return cost < 1


def _keep_up() -> bool:
    """So many sessions end in a second, each in a statement of its own as the engine does; then they are added up."""
    from sqlalchemy import text

    from domain import charging_rollups
    from domain.db import session_factory

    ended = ENDING_A_SECOND * SECONDS
    ids = text("SELECT id, started_at FROM charging_session WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT :most")
    end = text(
        "UPDATE charging_session SET energy_wh = energy_wh + 1, ended_at = ended_at + interval '1 second'"
        " WHERE id = :id AND started_at = :started_at"
    )
    with session_factory()() as db:
        rows = [dict(row) for row in db.execute(ids, {"most": ended}).mappings()]
    began = time.perf_counter()
    with session_factory().begin() as db:
        for row in rows:
            db.execute(end, row)
    noting = time.perf_counter() - began
    began = time.perf_counter()
    with session_factory().begin() as db:
        notes = charging_rollups.fold(db)
    adding = time.perf_counter() - began
    print(f"{ended:,} sessions end in {noting:.2f} s, {notes:,} notes of it added up in {adding:.2f} s")
    print(
        f"so {ENDING_A_SECOND} sessions a second cost {100 * (noting + adding) / SECONDS:.0f}% of the time (below 100%)"
    )
    return noting + adding < SECONDS


def _print(name: str, times: list[float], base: list[float], heading: str = "") -> None:
    if heading:
        print(f"\n{heading:44}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}")
    ratio = statistics.median(times) / statistics.median(base)
    print(f"{name:44}{statistics.median(times):9.1f}{pages.p95(times):9.1f}{ratio:8.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
