"""From a client's file of purchases or contracts to customers with a value that can be trusted."""

SEED = 1
"""Of every draw about customers, on the page and by default in the commands: the same file gives the same numbers."""
