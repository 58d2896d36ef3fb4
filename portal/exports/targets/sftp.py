"""To an SFTP server, which is known by its key: by the one of the first run, from then on by no other."""

import asyncio

import asyncssh

from domain.models import ExportFault
from portal.exports.targets.connecting import connect
from portal.exports.targets.parcel import DeliveryError, Parcel

USUAL_PORT = 22
LONGEST_SECONDS = 30 * 60
UNFINISHED = ".part"


def send(parcel: Parcel) -> str:
    """Returns the server's key."""
    try:
        return asyncio.run(asyncio.wait_for(_send(parcel), LONGEST_SECONDS))
    except asyncssh.HostKeyNotVerifiable as error:
        raise DeliveryError(ExportFault.UNKNOWN_HOST, error) from error
    except (asyncssh.PermissionDenied, asyncssh.SFTPError) as error:
        raise DeliveryError(ExportFault.REFUSED, error) from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise DeliveryError(ExportFault.UNREACHABLE, error) from error


async def _send(parcel: Parcel) -> str:
    key = await _key_of(parcel)
    line = connect(parcel.host, parcel.port or USUAL_PORT)
    line.setblocking(False)
    signing_in = {"username": parcel.account, "password": parcel.password()}
    # Nothing of this machine's own account, and no server but the one with this key.
    alone = {"known_hosts": ([key], [], []), "client_keys": None, "agent_path": None, "config": None}
    async with (
        asyncssh.connect(parcel.host, sock=line, **signing_in, **alone) as connection,
        connection.start_sftp_client() as client,
    ):
        if parcel.directory:
            await client.chdir(parcel.directory)
        await client.put(str(parcel.path), f"{parcel.file_name}{UNFINISHED}")
        await client.rename(f"{parcel.file_name}{UNFINISHED}", parcel.file_name)
    return _written(key)


async def _key_of(parcel: Parcel) -> asyncssh.SSHKey:
    """Before anything is told to it, the password least of all."""
    line = connect(parcel.host, parcel.port or USUAL_PORT)
    line.setblocking(False)
    key = await asyncssh.get_server_host_key(parcel.host, sock=line, config=None)
    if key is None:
        raise DeliveryError(ExportFault.UNREACHABLE, "no key")
    if parcel.host_key and _written(key) != parcel.host_key:
        raise DeliveryError(ExportFault.UNKNOWN_HOST, "another key")
    return key


def _written(key: asyncssh.SSHKey) -> str:
    return " ".join(key.export_public_key("openssh").decode().split()[:2])
