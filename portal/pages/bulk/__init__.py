"""One command for many stations: which, what, and whether really."""
