"""From spend to customer equity: curves, customers period by period, what it comes to, and how sure that is."""
