"""What cannot be used set apart with rows and money, and the rest summed up per customer."""
