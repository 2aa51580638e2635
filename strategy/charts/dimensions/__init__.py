"""Charts of the five dimensions."""
