"""E-mails about alarms, to those who have *E-mail on alarm*; written and sent by portal/mail.

- `readers.py`   who wants them, when, and of which sites
- `digests.py`   each day at the hour of the reader, while alarms are active
- `at_once.py`   what was just raised, gathered for some seconds
- `outbox.py`    what waits is sent in its order, and waits for a mail server that is down
- `contents.py`  what an e-mail tells, read when it is sent

See docs/decisions/an-e-mail-names-alarms-and-is-written-when-it-is-sent.md.
"""
