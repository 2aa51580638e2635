"""A firm: its segments, its levers, and what people believe that spending would change."""
