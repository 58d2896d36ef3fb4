"""Parquet, for the data team: typed columns, compressed, in groups of rows of which one at a time is in memory.

Times are UTC, energies decimals, durations microseconds as Arrow has them. What a row is, is told in the file itself.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from portal.exports.content import Content
from portal.exports.typed import Typed, typed

if TYPE_CHECKING:
    import pyarrow

SCHEMA_VERSION = "1"
"""Changes when a column of the same name comes to mean something else."""
GROUP_BYTES = 8 * 1024 * 1024
"""Of CSV; some 60,000 rows of Statistics."""


def write(content: Content, file: BinaryIO) -> None:
    """Write the file."""
    # Only here: it takes 50 MB, and most processes never write such a file.
    from pyarrow import parquet

    fields = [typed(column) for column in content.columns]
    schema = _schema(content, fields)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer, closing(_groups(content, fields)) as groups:
        for group in groups:
            writer.write_table(_table(group, schema))


def _schema(content: Content, fields: Sequence[Typed]) -> "pyarrow.Schema":
    import pyarrow

    told = {
        "schema_version": SCHEMA_VERSION,
        "title": content.title,
        "filters": content.filters,
        "made_at": content.made_at.isoformat(),
        **content.about,
    }
    return pyarrow.schema([(field.name, field.arrow_type()) for field in fields], metadata=told)


def _groups(content: Content, fields: Sequence[Typed]) -> Generator[bytes, None, None]:
    """Lines of CSV, as many as make a group of rows."""
    group, size = list[bytes](), 0
    with closing(content.lines([field.form for field in fields])) as chunks:
        for lines in chunks:
            group += lines
            size += sum(map(len, lines))
            if size >= GROUP_BYTES:
                yield b"".join(group)
                group, size = [], 0
    if group:
        yield b"".join(group)


def _table(lines: bytes, schema: "pyarrow.Schema") -> "pyarrow.Table":
    from pyarrow import csv

    return csv.read_csv(
        BytesIO(lines),
        # In one thread: a process of the portal has others to answer.
        csv.ReadOptions(use_threads=False, column_names=schema.names, block_size=len(lines)),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types={field.name: field.type for field in schema},
            # As COPY writes them: an empty text is quoted, and what is empty is not.
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).replace_schema_metadata(schema.metadata)
