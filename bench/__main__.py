"""Every measurement, one after the other: `python -m bench`."""

import subprocess
import sys

MEASUREMENTS = (
    *("bench.engine", "bench.soap", "bench.hostile", "bench.commands", "bench.alarms"),
    *("bench.statistics", "bench.exports", "bench.pulls", "bench.charts", "bench.navigator"),
)

if __name__ == "__main__":
    sys.exit(max(subprocess.call([sys.executable, "-m", measurement]) for measurement in MEASUREMENTS))
