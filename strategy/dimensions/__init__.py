"""The evidence of the five dimensions, and what their answers change in the case."""
