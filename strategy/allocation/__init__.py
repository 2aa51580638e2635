"""Where money goes best: limits, the search, the best split, and what is worth finding out first."""
