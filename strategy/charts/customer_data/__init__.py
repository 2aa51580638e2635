"""Charts of what a customer file tells."""
