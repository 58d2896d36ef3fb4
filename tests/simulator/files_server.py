"""Servers for files on loopback, as a station meets them: FTP, FTPS in both manners, HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

USER, PASSWORD = "station-5", "s3cret/with:signs"
QUOTED = "station-5:s3cret%2Fwith%3Asigns"
DAY = timedelta(days=1)


class EncryptedFromTheStart(TLS_FTPHandler):
    """What `ftps://` means to most clients."""

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self) -> None:
        TLS_FTPHandler.handle(self)


@contextmanager
def ftp_server(folder: Path, scheme: str, implicit: bool = True) -> Iterator[str]:
    """Yields the address of the folder, with credentials."""
    loop = IOLoop()
    kind = FTPHandler if scheme == "ftp" else EncryptedFromTheStart if implicit else TLS_FTPHandler
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder), perm="elradfmw")
    handler = type("Handler", (kind,), {"authorizer": authorizer, "use_sendfile": False})
    if scheme == "ftps":
        handler.certfile = str(certificate_file(folder.parent))
        handler.tls_control_required = True
        handler.tls_data_required = True
        handler.ssl_context = handler.get_ssl_context()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            loop.loop(timeout=0.05, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"{scheme}://{QUOTED}@127.0.0.1:{server.address[1]}"
    finally:
        stopping.set()
        thread.join()


@contextmanager
def http_server(folder: Path) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] is None:
                self.send_error(401)
                return
            (folder / self.path.lstrip("/")).write_bytes(data)
            self.send_response(201)
            self.end_headers()

        def do_GET(self) -> None:
            file = folder / self.path.lstrip("/")
            if not file.exists():
                self.send_error(404)
                return
            data = file.read_bytes()
            self.send_response(200)
            # One name says that more is to come than comes.
            self.send_header("Content-Length", str(len(data) + (5 if file.stem == "cut" else 0)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://{QUOTED}@127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
    return builder.sign(key, SHA256())


def certificate_file(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    file = folder / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + self_signed(key).public_bytes(Encoding.PEM))
    return file
