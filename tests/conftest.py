"""What all tests share. The fixtures, by subject:

- `fixtures/databases.py`  `db`, `database`, `fresh_database`, `valkey`: a real PostgreSQL and a real Valkey
- `fixtures/product.py`    `portal_server`, `start_server`: the whole product as processes, on a free port
- `fixtures/browser.py`    `page`, `signed_in_page`: a real Chromium
- `fixtures/mail.py`       `mailbox`: a real SMTP server that keeps what it is given
- `fixtures/receiver.py`  `receiver`: a service that is told things over HTTP

Nothing is started before a test asks for it. Several processes may share a run (`fixtures/shares.py`): whatever has a
name outside its own process (a port, a file, a folder) must be that process's own.
"""

from tests.fixtures import environment

pytest_plugins = [
    "tests.fixtures.shares",
    "tests.fixtures.alone",
    "tests.fixtures.secrets",
    "tests.fixtures.servers",
    "tests.fixtures.databases",
    "tests.fixtures.product",
    "tests.fixtures.browser",
    "tests.fixtures.mail",
    "tests.fixtures.receiver",
]

# Before any test module is imported: what is imported may read the settings.
environment.isolate()
