"""Plans that last: every change a version in a database, who may open what, and word of changes to whoever looks."""
