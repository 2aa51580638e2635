"""Versions of a plan beside each other: who changed which number, what differs, and what that did to equity."""
