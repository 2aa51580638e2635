"""What nobody foresaw: a reference that a person can pass on, and the details where whoever runs the planner looks."""

import hashlib
import logging
import os
import traceback
from contextlib import suppress

LOG = logging.getLogger("planner")
DETAILS = "PLANNER_DETAILS"
"""The environment variable with the file to which the command line adds tracebacks."""
INNERMOST = 3
"""Frames that tell one fault from another: those around the place where it arose."""


def reference(error: BaseException) -> str:
    """Eight letters and digits that stand for a fault: the same kind of error at the same place has the same ones."""
    innermost = traceback.extract_tb(error.__traceback__)[-INNERMOST:]
    places = [f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in innermost]
    return hashlib.sha256("|".join([type(error).__name__, *places]).encode()).hexdigest()[:8]


def logged(error: BaseException) -> str:
    """The reference of an error, after it was written with the traceback to the log, which is standard error."""
    found = reference(error)
    LOG.error("Unforeseen, reference %s", found, exc_info=error)
    return found


def kept(error: BaseException) -> str:
    """Where the details of a failed command are: its traceback is added to the file that DETAILS names, if any can."""
    found, file = reference(error), os.environ.get(DETAILS)
    if file:
        with suppress(OSError, ValueError), open(file, "a", encoding="utf-8") as details:
            details.write(f"Unforeseen, reference {found}\n{''.join(traceback.format_exception(error))}\n")
            return f"reference {found}, details in {file}"
    return f"reference {found}; set {DETAILS} to the name of a file to have the details written there"
