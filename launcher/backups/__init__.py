"""Backups: one file that holds a whole installation, and the way back from it.

A backup is a tar archive: the database as pg_dump writes it, the files that stations and administrators uploaded, the
secret without which sealed secrets cannot be opened, the settings, and last a manifest: how many rows each table has
and their hash, and the SHA-256 of every member. Sealed for age recipients it can be opened by the holder of the
identity alone.

`making` makes one, `restoring` fills an empty installation from it, `verifying` restores it into a database beside the
real one and compares. See docs/decisions/a-backup-is-one-file-that-proves-itself.md.
"""
