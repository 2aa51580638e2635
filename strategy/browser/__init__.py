"""The planner in the browser: what follows a hand while it moves. Python stays the truth and computes again after."""
