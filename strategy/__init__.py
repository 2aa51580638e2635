"""The science of the planner: from a marketing budget to customer equity. Nothing in here knows a screen."""
