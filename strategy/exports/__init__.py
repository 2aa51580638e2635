"""What leaves the planner: documents of a plan, drawn from the same words and numbers as the screen."""
