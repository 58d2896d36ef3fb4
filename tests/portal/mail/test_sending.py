"""E-mails, to a real SMTP server."""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import get_settings
from domain.clock import now
from portal.mail import sending
from portal.mail.message import Message, render
from tests.fixtures.mail import ACCOUNT, PASSWORD, Mailbox, texts

HELLO = Message("ida@example.com", "Grüße", "Hej æøå\n", "<p>Hej æøå</p>")
WITH_PASSWORD = f"{quote(ACCOUNT, safe='')}:{quote(PASSWORD, safe='')}@"


@pytest.fixture
def smtp_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    def use(url: str) -> None:
        monkeypatch.setenv("SMTP_URL", url)
        get_settings.cache_clear()

    yield use
    get_settings.cache_clear()


def test_a_letter_arrives_whole(mailbox: Mailbox) -> None:
    sending.send(HELLO)
    [letter] = mailbox.letters
    assert (letter["From"], letter["To"], letter["Subject"]) == ("no-reply@localhost", "ida@example.com", "Grüße")
    assert texts(letter) == ("Hej æøå\n", "<p>Hej æøå</p>\n")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] and letter["Message-ID"].endswith("@localhost>")
    assert mailbox.signed_in_as == []


@pytest.mark.parametrize("name", ["A\r\nBcc: x@evil.example", "A\u2028B", "A\x85B"])
def test_a_name_that_ends_a_line_somewhere_stops_no_letter(mailbox: Mailbox, name: str) -> None:
    """The system's name, which support writes, could once keep every link to a new password from being sent."""
    sending.send(render("password_reset", "ida@example.com", "en", name="Ida", system=name, link="http://x/"))
    [letter] = mailbox.letters
    assert letter["Bcc"] is None
    assert " ".join(name.split()[:1]) in letter["Subject"]


def test_it_signs_in_where_the_address_says_so(mailbox: Mailbox, smtp_url: object) -> None:
    smtp_url(mailbox.url.replace("://", f"://{WITH_PASSWORD}"))
    sending.send(HELLO)
    assert mailbox.signed_in_as == [(ACCOUNT.encode(), PASSWORD.encode())]
    assert len(mailbox.letters) == 1


def test_what_the_server_refuses_is_an_error(mailbox: Mailbox) -> None:
    mailbox.refusals = ["451 come back later"]
    with pytest.raises(smtplib.SMTPDataError):
        sending.send(HELLO)


@pytest.mark.parametrize("to", ["ida@example.com\r\nBcc: eve@example.com", "ida@example.com\nX: y"])
def test_an_address_brings_no_header_of_its_own(mailbox: Mailbox, to: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        sending.send(Message(to, "x", "x", "x"))
    assert mailbox.letters == []


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Of 127.0.0.1, by an authority that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*files)
    return context


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_travels_encrypted_where_the_server_can(certificate: ssl.SSLContext, smtp_url: object, scheme: str) -> None:
    box = Mailbox()
    how = {"ssl_context": certificate} if scheme == "smtps" else {"tls_context": certificate, "require_starttls": True}
    controller = Controller(box, "127.0.0.1", box.port, authenticator=box.authenticate, **how)
    controller.start()
    try:
        smtp_url(f"{scheme}://{WITH_PASSWORD if scheme == 'smtp' else ''}127.0.0.1:{box.port}")
        sending.send(HELLO)
    finally:
        controller.stop()
    assert len(box.letters) == 1


def test_a_server_that_nobody_vouches_for_gets_no_letter(
    certificate: ssl.SSLContext, smtp_url: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    box = Mailbox()
    controller = Controller(box, "127.0.0.1", box.port, tls_context=certificate)
    controller.start()
    try:
        smtp_url(box.url)
        with pytest.raises(ssl.SSLCertVerificationError):
            sending.send(HELLO)
    finally:
        controller.stop()
    assert box.letters == []


@pytest.mark.parametrize(("host", "is_near"), [("localhost", True), ("::1", True), ("192.0.2.1", False)])
def test_only_to_this_machine_a_password_may_travel_in_clear(host: str, is_near: bool) -> None:
    assert sending._is_this_machine(host) is is_near


def test_a_password_never_travels_in_clear_to_another_machine(mailbox: Mailbox, smtp_url: object) -> None:
    near_by_another_name = 2**24 * 127 + 1
    smtp_url(f"smtp://{WITH_PASSWORD}{near_by_another_name}:{mailbox.port}")
    with pytest.raises(sending.UnprotectedPasswordError):
        sending.send(HELLO)
    assert (mailbox.letters, mailbox.signed_in_as) == ([], [])


def test_a_letter_is_in_the_language_of_its_reader_and_knows_no_markup_from_outside() -> None:
    values = {"name": "<b>Ida</b>", "system": "Cars & Co", "link": "https://charge.example.com/reset/abc"}
    message = render("password_reset", "ida@example.com", "en", **values)
    assert message.subject == "A new password for Cars & Co"
    assert "Hello <b>Ida</b>," in message.text and "https://charge.example.com/reset/abc\n" in message.text
    assert "Hello &lt;b&gt;Ida&lt;/b&gt;," in message.html and "<b>Ida" not in message.html
    assert 'href="https://charge.example.com/reset/abc"' in message.html
    assert '<html lang="da">' in render("password_reset", "ida@example.com", "da", **values).html
