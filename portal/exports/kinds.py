"""The kinds of files that a table can be had as, in one table."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from portal.exports import parquet, xlsx
from portal.exports.content import Content
from portal.exports.csv import csv_chunks, gzipped
from portal.exports.lines import line_chunks

Chunks = Callable[[Content], Generator[bytes, None, None]]


@dataclass(frozen=True)
class Kind:
    """One of them: it is streamed, or written as a whole because its end must be known first."""

    suffix: str
    label: str
    media_type: str
    chunks: Chunks | None = None
    whole: Callable[[Content, BinaryIO], None] | None = None

    @property
    def is_streamed(self) -> bool:
        """Its first byte leaves at once, however many follow."""
        return self.chunks is not None

    def write(self, content: Content, file: BinaryIO) -> None:
        """All of it."""
        if self.whole is not None:
            self.whole(content, file)
        if self.chunks is not None:
            with closing(self.chunks(content)) as chunks:
                file.writelines(chunks)


def _gzipped_csv(content: Content) -> Generator[bytes, None, None]:
    return gzipped(csv_chunks(content))


KINDS = {
    kind.suffix: kind
    for kind in (
        Kind("xlsx", "Excel (.xlsx)", xlsx.MIME_TYPE, whole=xlsx.write),
        Kind("csv", "CSV (.csv)", "text/csv", chunks=csv_chunks),
        Kind("csv.gz", "CSV, gzip (.csv.gz)", "application/gzip", chunks=_gzipped_csv),
        Kind("parquet", "Parquet (.parquet)", "application/vnd.apache.parquet", whole=parquet.write),
        Kind("jsonl", "JSON (.jsonl)", "application/jsonl", chunks=line_chunks),
    )
}
AT_ONCE_ROWS = 5_000
"""So many rows of a file that is written as a whole are waited for; with more it is a job."""
LABELS = {suffix: kind.label for suffix, kind in KINDS.items()}
