"""Starts the programs of one installation, starts again those that end, and stops them all."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import click

from launcher.child import Child
from launcher.errors import LaunchError
from launcher.processes import Program
from launcher.waiting import Waiting

PROGRAMS_STOP_SECONDS = 3.3
SERVERS_STOP_SECONDS = 1.2
"""After this long they are killed: together, all has ended within 5 s of the request."""
PATIENCE_SECONDS = 5
"""A longer wait is explained."""


class Supervisor:
    """Use as a context: leaving it stops every child; the servers (PostgreSQL, Redis) after those that use them."""

    def __init__(
        self,
        logs: Path,
        inherited: Sequence[int] = (),
        echo: bool = False,
        servers_stop_seconds: float = SERVERS_STOP_SECONDS,
    ) -> None:
        self._logs = logs
        self._servers_stop_seconds = servers_stop_seconds
        self._inherited = inherited
        self._echo = echo
        self._servers: list[Child] = []
        self._programs: list[Child] = []
        self._waiting = Waiting()

    def __enter__(self) -> "Supervisor":
        self._waiting.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stop(self._programs, PROGRAMS_STOP_SECONDS)
            self._stop(self._servers, self._servers_stop_seconds)
        finally:
            self._waiting.__exit__(kind, error, trace)

    def start_server(self, program: Program, is_ready: Callable[[], bool], seconds: float) -> None:
        """Start a server that the programs need, and wait until it answers."""
        self._servers.append(self._start(program))
        self.wait_until_ready(program.name, lambda: "" if is_ready() else "does not answer yet", seconds)

    def start(self, program: Program) -> None:
        self._programs.append(self._start(program))

    def run(self, program: Program) -> str:
        """Run a program to its end; returns what it printed. Raises LaunchError with its last words if it failed."""
        child = self._start(program, capture_stdout=True)
        self._programs.append(child)
        while not child.has_ended:
            self._waiting.wait(1)
        self._programs.remove(child)
        self._waiting.pause(0)  # What it said last.
        if child.process.returncode != 0:
            raise LaunchError(child.last_words())
        return child.process.stdout.read().decode()

    def _start(self, program: Program, capture_stdout: bool = False) -> Child:
        child = Child(program, self._logs, self._inherited, self._echo)
        self._spawn(child, capture_stdout)
        return child

    def _spawn(self, child: Child, capture_stdout: bool = False) -> None:
        words = child.start(capture_stdout)

        def carry() -> None:
            if not child.carry(words):
                self._waiting.forget(words)
                os.close(words)

        self._waiting.listen(words, carry)

    def wait_until_ready(self, name: str, lack: Callable[[], str], seconds: float) -> None:
        """Wait until `lack` names nothing more; too long a wait is an error, and so is a child that ends meanwhile."""
        start = time.monotonic()
        told = False
        while lacking := lack():
            waited_seconds = time.monotonic() - start
            if waited_seconds > seconds:
                raise LaunchError(f"{name} is not ready after {seconds:.0f} s ({lacking}).")
            if waited_seconds > PATIENCE_SECONDS and not told:
                click.echo(f"Waiting for {name} ({lacking}) ...")
                told = True
            self._waiting.wait(0.05)
            for child in self._children():
                if child.has_ended:
                    raise LaunchError(f"{child.name} ended at its start:\n{child.last_words()}")

    def watch(self) -> None:
        """Start again whatever ends, until StopRequested."""
        while True:
            for child in self._children():
                if child.is_due():
                    self._spawn(child)
            self._waiting.wait(1)

    def _children(self) -> list[Child]:
        return [*self._servers, *self._programs]

    def _stop(self, children: list[Child], seconds: float) -> None:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + seconds
        while any(not child.has_ended for child in children) and time.monotonic() < deadline:
            self._waiting.pause(deadline - time.monotonic())
        for child in children:
            if not child.has_ended:
                click.echo(f"{child.name} did not stop in time and was ended by force.", err=True)
                child.kill()
