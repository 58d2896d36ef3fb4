"""The one table of the portal: filter, sort, page, choose columns, count, export. See `view.TableView`."""

from portal.table.actions import Action
from portal.table.column import Column, Row
from portal.table.columns import Boolean, Choice, Date, Duration, Number, Text
from portal.table.view import TableView

__all__ = ["Action", "Boolean", "Choice", "Column", "Date", "Duration", "Number", "Row", "TableView", "Text"]
