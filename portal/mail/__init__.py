"""E-mails: rendered without a request, sent by jobs (portal/jobs.py)."""
