"""What parsers, engines and the disk say of a file that they cannot read, as one error with a remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from re import sub

from strategy.errors import PlannerError

FULL = (ENOSPC, EDQUOT)
SAID_FULL = "No space left on device"
PATH = r"""['"]?(file:)?/[^\s'"]*/[^\s'"]*['"]?"""


@contextmanager
def foreign(code: str, place: str) -> Iterator[None]:
    """Around a parser that is given foreign bytes: whatever it raises becomes the PlannerError of a code.

    code   what is wrong with the file where nothing more special is known
    place  what to call the file in messages

    A parser of hostile bytes may raise anything, so a list of what it is known to raise would never be complete.
    """
    try:
        yield
    except PlannerError:
        raise
    except Exception as error:
        raise refusal(error, code, place) from None


def refusal(error: Exception, code: str, place: str) -> PlannerError:
    """What a parser or an engine raised, as an error of a code unless the disk, memory or a password is the cause."""
    said = without_paths(str(error).partition("\n")[0]) or type(error).__name__
    if (isinstance(error, OSError) and error.errno in FULL) or SAID_FULL in str(error):
        return PlannerError("disk_full", place=place, value=said)
    if isinstance(error, MemoryError):
        return PlannerError("takes_memory", place=place, value=said)
    if "password" in said or "encrypted" in said:
        return PlannerError("encrypted", place=place, value=said)
    if isinstance(error, UnicodeError):
        return PlannerError("undecodable", place=place, value=getattr(error, "encoding", said))
    return PlannerError(code, place=place, value=said)


def without_paths(said: str) -> str:
    """On one line, without the paths of our own copies of the file."""
    return " ".join(sub(PATH, "", said).split())
