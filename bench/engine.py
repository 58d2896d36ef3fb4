"""How many MeterValues a second the engine stores durably, beside the `ocpp` package that merely answers them.

The engine is measured with its message log, as it is installed, and without, so that one sees what the log costs.
Each server has one core and the load the other; 200 stations charge and have one call under way each; rounds alternate,
so that whatever else the machine does meets both alike.
"""

import sys

from bench.servers import ENGINE, Server, count_stored, free_port, installed, make_stations, ratio_of

STATIONS = 200
ROUNDS = 4
SECONDS = 4.0
TARGET = 2.5
LOG_MAY_COST = 1 / 3
"""Of what the engine does without it."""
CALLS_OF_A_CHARGE = 2
"""Beside its readings: the start and the stop."""


def main() -> int:
    with installed():
        make_stations(STATIONS)
        return compare()


def compare() -> int:
    ours = Server("engine, each message committed", free_port(), ENGINE)
    without_log = Server("engine without its message log", free_port(), ENGINE, {"MESSAGE_LOG_DAYS": "0"})
    other_port = free_port()
    other = Server("ocpp package, nothing stored", other_port, ["bench.ocpp_package", str(other_port)])
    servers = (ours, without_log, other)
    try:
        for server in servers:
            server.start()
        for _ in range(1 + ROUNDS):
            for server in servers:
                url = f"ws://127.0.0.1:{server.port}/Ocpp/websocket"
                server.load("bench.load", url, str(STATIONS), str(SECONDS))
    finally:
        for server in servers:
            server.stop()
    return report(ours, without_log, other)


def report(ours: Server, without_log: Server, other: Server) -> int:
    print(f"MeterValues with 4 samples, {STATIONS} stations, one core for the server, median of {ROUNDS} rounds:")
    for server in (ours, without_log, other):
        print(server.told())
    ratio, cost = ratio_of(ours, other), 1 - ratio_of(ours, without_log)
    print(f"  ratio {ratio:.2f} (median of the rounds' ratios, target {TARGET})")
    print(f"  the message log costs {cost:.0%} of what there is without it (at most {LOG_MAY_COST:.0%})")
    answered = ours.answered + without_log.answered
    stored, logged = count_stored()
    frames = 2 * (ours.answered + CALLS_OF_A_CHARGE * STATIONS * len(ours.rounds))
    print(f"  acknowledged {answered:,}, in the database, of a charge, {stored:,}")
    print(f"  frames {frames:,}, in the message log {logged:,}")
    is_complete = stored == answered and logged == frames
    return 0 if ratio >= TARGET and cost <= LOG_MAY_COST and is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
