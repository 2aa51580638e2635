"""What customers are worth, one by one, by segment, and as a case."""
