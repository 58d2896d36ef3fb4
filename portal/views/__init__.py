"""The tables and forms of the records, one file per word."""
