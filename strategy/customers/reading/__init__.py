"""A client's file as it comes, to a table that an engine holds."""
