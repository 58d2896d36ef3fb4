"""How many MeterValues a second the engine stores durably over SOAP, beside a bare spyne service that stores nothing.

Each server has one core and the load the other; 50 stations keep their connections and have one request under way each;
rounds alternate. At the end the engine goes on until it has had 100,000 requests, and its memory is compared with what
it was after the first rounds.
"""

import sys

import psutil

from bench.servers import ENGINE, Server, count_stored, free_port, installed, make_stations, ratio_of

STATIONS = 50
ROUNDS = 4
SECONDS = 5.0
TARGET = 0.7
P99_AT_MOST = 2.0
"""Times that of the bare service."""
REQUESTS = 100_000
MAY_GROW_MEGABYTES = 3
"""It is flat: the first rounds have not yet filled all buffers and caches. Measured: 0.9."""
CALLS_OF_A_CHARGE = 2
MEGABYTE = 1024 * 1024


def main() -> int:
    with installed():
        make_stations(STATIONS)
        return compare()


def compare() -> int:
    ours = Server("engine, each message committed", free_port(), ENGINE)
    port = free_port()
    serve = ["gunicorn", "--worker-class", "gevent", "--bind", f"127.0.0.1:{port}", "--keep-alive", "30"]
    bare = Server("bare spyne, nothing stored", port, [*serve, "--log-level", "warning", "bench.bare_spyne:app"])
    try:
        for server in (ours, bare):
            server.start()
        for _ in range(1 + ROUNDS):
            load(ours, SECONDS)
            bare.load("bench.soap_load", f"http://127.0.0.1:{port}/", str(STATIONS), str(SECONDS), "bare")
        compared = len(ours.rounds)
        before = megabytes(ours)
        while ours.answered < REQUESTS:
            load(ours, 2 * SECONDS)
        grown = megabytes(ours) - before
    finally:
        for server in (ours, bare):
            server.stop()
    further, ours.rounds = ours.rounds[compared:], ours.rounds[:compared]
    return report(ours, bare, sum(int(done["answered"]) for done in further), len(further), grown)


def load(server: Server, seconds: float) -> None:
    url = f"http://127.0.0.1:{server.port}/Ocpp/CentralSystemService15"
    server.load("bench.soap_load", url, str(STATIONS), str(seconds))


def megabytes(server: Server) -> float:
    """What its processes hold for themselves."""
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    return sum(process.memory_full_info().uss for process in family) / MEGABYTE


def report(ours: Server, bare: Server, further: int, further_rounds: int, grown: float) -> int:
    print(
        f"MeterValues of OCPP 1.5, 4 samples, {STATIONS} stations, one core for the server, median of {ROUNDS} rounds:"
    )
    for server in (ours, bare):
        print(server.told())
    ratio = ratio_of(ours, bare)
    slower = ours.typical("p99_ms") / bare.typical("p99_ms")
    answered = ours.answered + further
    stored, logged = count_stored()
    frames = 2 * (answered + CALLS_OF_A_CHARGE * STATIONS * (len(ours.rounds) + further_rounds))
    print(f"  ratio {ratio:.2f} (median of the rounds' ratios, target {TARGET})")
    print(f"  p99 {slower:.2f} times that of the bare service (at most {P99_AT_MOST})")
    print(f"  memory grew by {grown:.1f} MB until {answered:,} requests (at most {MAY_GROW_MEGABYTES})")
    print(f"  acknowledged {answered:,}, in the database, of a charge, {stored:,}")
    print(f"  messages {frames:,}, in the message log {logged:,}")
    is_quick = ratio >= TARGET and slower <= P99_AT_MOST
    return 0 if is_quick and grown <= MAY_GROW_MEGABYTES and stored == answered and logged == frames else 1


if __name__ == "__main__":
    sys.exit(main())
