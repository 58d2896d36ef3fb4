"""A tiny central system on loopback, written with the `ocpp` package, that notes all it hears."""

import json
from base64 import b64decode
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from ocpp.exceptions import InternalError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.simulator.hearing import NOW, Heard, Hearing

PATH = "/Ocpp/websocket"


class Conversation(ChargePoint):
    """The central system's end of one line."""

    def __init__(self, central: "CentralSystem", charge_box_id: str, connection: ServerConnection) -> None:
        super().__init__(charge_box_id, connection, response_timeout=5)
        self.central = central
        self.connection = connection

    async def route_message(self, raw_msg: str) -> None:
        try:
            message = json.loads(raw_msg)
        except ValueError:
            message = [None]
        if message[0] != 2:
            self.central.answers.append(raw_msg)
            self.central.note_answer()
        if message[0] == 2:
            self.central.note(Heard(self.id, message[2], message[3], datetime.now(UTC)))
            if message[2] in self.central.deaf_to:
                return
        await super().route_message(raw_msg)

    def cut(self) -> None:
        self.connection.transport.abort()

    @on(Action.boot_notification)
    def on_boot_notification(self, **_: Any) -> call_result.BootNotification:
        return call_result.BootNotification(NOW, self.central.interval_seconds, self.central.boot_status())

    @on(Action.heartbeat)
    def on_heartbeat(self, **_: Any) -> call_result.Heartbeat:
        return call_result.Heartbeat(NOW)

    @on(Action.status_notification)
    def on_status_notification(self, **_: Any) -> call_result.StatusNotification:
        return call_result.StatusNotification()

    @on(Action.authorize)
    def on_authorize(self, id_tag: str, **_: Any) -> call_result.Authorize:
        return call_result.Authorize(self.central.id_tag_info(id_tag, self.central.refused_tags))

    @on(Action.start_transaction)
    def on_start_transaction(self, id_tag: str, **_: Any) -> call_result.StartTransaction:
        self.central.fail_if_told()
        info = self.central.id_tag_info(id_tag, self.central.refused_at_start)
        return call_result.StartTransaction(self.central.next_transaction_id(), info)

    @on(Action.stop_transaction)
    def on_stop_transaction(self, **_: Any) -> call_result.StopTransaction:
        self.central.fail_if_told()
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def on_meter_values(self, **_: Any) -> call_result.MeterValues:
        return call_result.MeterValues()

    @on(Action.data_transfer)
    def on_data_transfer(self, **_: Any) -> call_result.DataTransfer:
        return call_result.DataTransfer("Accepted")

    @on(Action.diagnostics_status_notification)
    def on_diagnostics_status(self, **_: Any) -> call_result.DiagnosticsStatusNotification:
        return call_result.DiagnosticsStatusNotification()

    @on(Action.firmware_status_notification)
    def on_firmware_status(self, **_: Any) -> call_result.FirmwareStatusNotification:
        return call_result.FirmwareStatusNotification()

    @on(Action.signed_firmware_status_notification)
    def on_signed_firmware_status(self, **_: Any) -> call_result.SignedFirmwareStatusNotification:
        return call_result.SignedFirmwareStatusNotification()

    @on(Action.log_status_notification)
    def on_log_status(self, **_: Any) -> call_result.LogStatusNotification:
        return call_result.LogStatusNotification()

    @on(Action.security_event_notification)
    def on_security_event(self, **_: Any) -> call_result.SecurityEventNotification:
        return call_result.SecurityEventNotification()

    @on(Action.sign_certificate)
    def on_sign_certificate(self, **_: Any) -> call_result.SignCertificate:
        return call_result.SignCertificate("Rejected")


class CentralSystem(Hearing):
    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str] = []
        """Whatever came that is no call, as it came."""
        self.lines: dict[str, Conversation] = {}
        self._server: Server | None = None
        self._port = 0

    async def open(self) -> None:
        self._server = await serve(
            self._talk, "127.0.0.1", self._port, subprotocols=["ocpp1.6"], process_request=self._admit
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}{PATH}"

    def note_answer(self) -> None:
        self.news.set()

    def fail_if_told(self) -> None:
        if self.fails_now():
            raise InternalError("out of order")

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        _, _, credentials = request.headers.get("Authorization", "").partition("Basic ")
        self.password = b64decode(credentials).decode()
        if _charge_box_id(request.path) in self.strangers:
            return connection.respond(HTTPStatus.NOT_FOUND, "unknown station")
        return None

    async def _talk(self, connection: ServerConnection) -> None:
        charge_box_id = _charge_box_id(connection.request.path)
        line = self.lines[charge_box_id] = Conversation(self, charge_box_id, connection)
        self.news.set()
        with suppress(ConnectionClosed):
            await line.start()
        if self.lines.get(charge_box_id) is line:
            del self.lines[charge_box_id]
        self.news.set()


def _charge_box_id(path: str) -> str:
    return unquote(path.removeprefix(f"{PATH}/"))
