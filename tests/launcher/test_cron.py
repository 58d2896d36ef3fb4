"""The timetable names jobs; it does not import them."""

import subprocess
import sys

from redis import Redis
from rq.utils import import_attribute

from launcher.cron import AT, SECONDS_BETWEEN, scheduler
from tests.fixtures.environment import ROOT


def test_what_is_queued_is_the_job_of_that_name(valkey: Redis) -> None:
    jobs = scheduler(valkey, "WARNING").get_jobs()
    queued = [job.enqueue(valkey) for job in jobs]
    valkey.flushall()
    assert [job.func_name for job in queued] == [*SECONDS_BETWEEN, *AT]
    assert [job.func for job in queued] == [import_attribute(job.func_name) for job in queued]


def test_the_process_that_only_names_them_imports_none() -> None:
    asked = "import sys, launcher.cron; print('engine.jobs' in sys.modules or 'flask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
