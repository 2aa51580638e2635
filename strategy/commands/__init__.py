"""The same work without a screen: JSON on standard output."""
