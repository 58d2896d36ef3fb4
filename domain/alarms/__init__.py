"""Alarms: raised and cleared by what stations say and do not say, acknowledged by people.

- `rules.py`          which report raises which
- `raising.py`        with a batch of reports, in its transaction
- `sweeping.py`       what only time tells: silence, durations, and that a cause stays away
- `uplinks.py`        many stations of a site lost at once are one alarm
- `installation.py`    of the portal itself: parts that are silent, backups that fail
- `acknowledging.py`  what people say of them

Those of a station's line (never called, not heard any more) are raised and cleared by triggers of the station itself,
whoever changes it; see docs/decisions/an-alarm-is-raised-with-what-was-said.md.
"""
