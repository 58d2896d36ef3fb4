"""The other side of the comparison: the `ocpp` package's own ChargePoint on `websockets`, which stores nothing.

python -m bench.ocpp_package PORT
"""

import asyncio
import sys

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, AuthorizationStatus
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class CentralSystem(ChargePoint):
    @on(Action.start_transaction)
    def on_start_transaction(self, **_: object) -> call_result.StartTransaction:
        return call_result.StartTransaction(1, IdTagInfo(AuthorizationStatus.accepted))

    @on(Action.stop_transaction)
    def on_stop_transaction(self, **_: object) -> call_result.StopTransaction:
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def on_meter_values(self, **_: object) -> call_result.MeterValues:
        return call_result.MeterValues()


async def converse(connection: ServerConnection) -> None:
    try:
        await CentralSystem(connection.request.path, connection).start()
    except ConnectionClosed:
        return


async def main(port: int) -> None:
    async with serve(converse, "127.0.0.1", port, subprotocols=["ocpp1.6"]) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
