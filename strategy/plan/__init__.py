"""The plan: a case with answers and a split, every change to it, and what it comes to."""
