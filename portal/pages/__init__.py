"""Pages that are no table and no form of one record."""
