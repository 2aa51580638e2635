"""Files that tests make of texts and read as a client's would be."""

from collections.abc import Callable

from strategy.customers.reading.reading import Table

Read = Callable[[str | bytes], Table]
"""A file's content to a table on the module's engine."""
