"""Files of exactly what a table lists: all rows that the filters leave, in that order, with those columns.

All kinds are made from a server-side cursor, so that memory does not grow with the rows, and pause after each chunk,
so that the other greenlets of the process go on.
"""

from collections.abc import Callable

from flask import Response

from portal.exports.content import Content
from portal.exports.csv import csv_file
from portal.exports.lines import lines_file
from portal.exports.xlsx import xlsx_file

FILE_TYPES: dict[str, Callable[[Content], Response]] = {"xlsx": xlsx_file, "csv": csv_file, "jsonl": lines_file}
LABELS = {"xlsx": "Excel (.xlsx)", "csv": "CSV (.csv)", "jsonl": "JSON (.jsonl)"}

__all__ = ["FILE_TYPES", "LABELS", "Content"]
