"""E-mails: rendered without a request, sent by jobs (portal/jobs.py). Those about alarms wait in an outbox."""
