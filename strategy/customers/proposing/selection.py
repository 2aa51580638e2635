"""Which rows of a file count, and as what: what people confirm or change of a proposal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counting:
    """Which values of a status column count. Values are compared without spaces around them, in lower case.

    only     those alone count, where any are named
    out      those do not count
    returns  those take back a purchase
    """

    column: str
    only: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Which rows count.

    counting    per status column
    left_out    customers who are none: guests, a till
    zeros_alike ids of digits with and without zeros in front are one
    cases_alike ids in capitals and in small letters are one
    fill_down   columns of which a cell stands for the empty ones below it too
    """

    counting: tuple[Counting, ...] = ()
    left_out: tuple[str, ...] = ()
    zeros_alike: bool = False
    fill_down: tuple[str, ...] = ()
    cases_alike: bool = False
