"""Charts of the split and all that hangs on it."""
