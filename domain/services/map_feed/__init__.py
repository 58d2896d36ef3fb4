"""The map feed: sites, outlets and their states as OCPI 2.2.1 Locations (chapter 8), for maps such as NOBIL.

- `words.py`       how OCPI calls what we have
- `described.py`   sites and outlets as Locations and EVSEs, as they are now
- `publishing.py`  what became another since it was last told, and from when on
- `reading.py`     pages of what is told

What is told lies in tables of its own, so that `last_updated` is the moment from which it is so, and only real changes
touch it. Who reads never waits for anything to be worked out.
"""
