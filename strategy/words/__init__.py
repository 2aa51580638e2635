"""Words and numbers in two languages, and the sentences behind codes."""
