"""Files of exactly what a table lists: all rows that the filters leave, in that order, with those columns.

No kind keeps the rows in memory: they come from a server-side cursor or by COPY, and each pauses after some hundred of
them, so that the other greenlets of the process go on.
"""

from portal.exports.answering import answer
from portal.exports.content import Content
from portal.exports.kinds import AT_ONCE_ROWS, KINDS, LABELS

__all__ = ["AT_ONCE_ROWS", "KINDS", "LABELS", "Content", "answer"]
