"""The sheets of a case as an Excel workbook, as a table: what stands in each column, in what unit, by what rule.

Codes stand in the hidden first row and first column of a sheet; people see titles in their own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from strategy.case.case import MAX_PERIODS, MAX_SEGMENTS
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES
from strategy.explanations.telling import NUMBER_NAMES, ORIGIN_NAMES
from strategy.words.messages import FAMILY_NAMES, FIELD_NAMES, LEVER_NAMES, METRIC_NAMES
from strategy.words.wording import N_

MARK = "planner:"
"""The first cell of a sheet that is read: this and the sheet's code."""
HEADING = "#"
"""The first cell of a row that people read and the planner does not, and the start of the code of such a column."""
VALUE = "value"
"""The code of the one column of the firm's sheet that is filled in."""
AS_JSON = 'json:"'
"""How texts begin that a cell cannot hold as they are."""
ENDS = {"low": N_("At least"), "likely": N_("Most likely"), "high": N_("At most")}
LOWEST = -MAX_AMOUNT
LONGEST_TEXT = 32767
"""Characters that a cell can hold."""

CHOICES: Mapping[str, Mapping[str, str]] = {
    "period": {"year": N_("year"), "quarter": N_("quarter"), "month": N_("month")},
    "timing": {
        "start": N_("start of the period"),
        "middle": N_("middle of the period"),
        "end": N_("end of the period"),
    },
    "lever": {code: LEVER_NAMES[code] for code in LEVER_CODES},
    "metric": METRIC_NAMES,
    "family": FAMILY_NAMES,
    "kind": ORIGIN_NAMES,
    "yes_no": {"yes": N_("yes"), "no": N_("no")},
}
HOW = (
    N_("This workbook holds one case. Fill it in and open it on the start page, as your own file."),
    N_("Type in the yellow cells. Titles and grey texts are only for you: they are not read back."),
    N_("A number that you are sure of stands under most likely alone; where you doubt, give at least and at most too."),
    N_("Shares are percentages: 85% is 85 of 100. Amounts are in {currency}."),
    N_("New rows go below the last one. A new segment needs four rows on the sheet {levers} as well."),
    N_("A formula may stand in a yellow cell: what it came to is read."),
    N_("Merge no cells, and leave the hidden first row and column alone: they say what each column is."),
    N_("Notes go on sheets of your own: those are not read."),
)
YELLOW = 2
"""Which of these lines is about the yellow cells, and looks like them."""
UNITS = {
    "people": N_("people"),
    "share": N_("%"),
    "period": N_("number of the period"),
    "each": N_("per customer"),
    "metric": N_("in the unit of what it moves"),
}


@dataclass(frozen=True)
class SheetColumn:
    """One column, or the three of an estimate.

    kind      text; number; whole; estimate (low, likely, high); choice; segment (a code of the sheet of segments);
              note (for people only)
    unit      people, share, money (an amount), flow (money per period), period, metric (what the row's lever moves)
    rule      lowest and highest number
    choices   which of CHOICES
    required  whether every row must have it
    longest   characters of a text
    later     whether older workbooks, which are read too, lack it
    """

    code: str
    title: str
    kind: Literal["text", "number", "whole", "estimate", "choice", "segment", "note"] = "number"
    unit: str = ""
    rule: tuple[float, float] = (0, MAX_AMOUNT)
    choices: str = ""
    required: bool = False
    longest: int = 200
    width: float = 14
    later: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the columns on the sheet."""
        if self.kind == "estimate":
            return f"{self.code}.low", self.code, f"{self.code}.high"
        return (f"{HEADING}{self.code}" if self.kind == "note" else self.code,)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, what to do on it, its columns, how many of them stay in sight, and its most rows."""

    code: str
    title: str
    about: str
    columns: tuple[SheetColumn, ...]
    fixed: int = 1
    most_rows: int = 50_000

    @property
    def read(self) -> tuple[SheetColumn, ...]:
        """The columns that are read back."""
        return tuple(column for column in self.columns if column.kind != "note")


_NAME = SheetColumn("name", N_("Name"), "text", required=True, width=26)
_CODE = SheetColumn("id", N_("Code"), "text", longest=64, width=16)
_LEVER = SheetColumn("lever", N_("Lever"), "choice", choices="lever", required=True, width=16)
_METRIC = SheetColumn("metric", N_("What it moves"), "choice", choices="metric", required=True, width=34)
_SHARE = (0.0, 1.0)


def _segment(code: str, title: str) -> tuple[SheetColumn, SheetColumn]:
    return SheetColumn(code, title, "segment", required=True, width=16), SheetColumn(code, N_("Name"), "note", width=30)


def _answers(kind: Literal["number", "estimate"]) -> tuple[SheetColumn, ...]:
    """The answers of a curve: none, today, half as much again, unlimited."""
    return (
        SheetColumn("floor", N_("Without spending"), kind, "metric", required=kind == "number"),
        SheetColumn("spend_1", N_("First spend asked about"), unit="flow", width=16),
        SheetColumn("answer_1", N_("At the first spend"), kind, "metric"),
        SheetColumn("spend_2", N_("Second spend asked about"), unit="flow", width=16),
        SheetColumn("answer_2", N_("At the second spend"), kind, "metric"),
        SheetColumn("ceiling", N_("At unlimited spend"), kind, "metric", required=kind == "number"),
    )


_CHANGE = (
    _CODE,
    _NAME,
    SheetColumn("from", N_("From"), "whole", "period", (1, MAX_PERIODS + 1), required=True),
    SheetColumn("to", N_("To (empty: for good)"), "whole", "period", (1, 1000)),
    SheetColumn("segments", N_("Segments (codes with commas; empty: all)"), "text", longest=LONGEST_TEXT, width=26),
    _METRIC,
    SheetColumn("multiply", N_("Times"), rule=(0, 1000)),
    SheetColumn("add", N_("Plus"), rule=(LOWEST, MAX_AMOUNT)),
)

FIRM = Sheet(
    "firm",
    N_("Firm"),
    N_("The firm and the plan's time."),
    (
        SheetColumn("schema", "", "whole"),
        SheetColumn("name", N_("Name"), "text", required=True),
        SheetColumn("currency", N_("Currency, three letters such as EUR"), "text", longest=3, required=True),
        SheetColumn("period", N_("Period: everything below is per period"), "choice", choices="period", required=True),
        SheetColumn("horizon", N_("Planned periods"), "whole", rule=(1, MAX_PERIODS), required=True),
        SheetColumn("discount_rate", NUMBER_NAMES["discount_rate"], "number", "share", (0, 10), required=True),
        SheetColumn("discount_timing", N_("When money moves"), "choice", choices="timing", required=True),
        SheetColumn("budget", N_("Planned budget (empty: today's spend)"), "number", "flow"),
    ),
)
SHEETS: tuple[Sheet, ...] = (
    FIRM,
    Sheet(
        "segments",
        N_("Segments"),
        N_("One row for each group of customers. A new one gets a short code of its own, and four rows under levers."),
        (
            _CODE,
            _NAME,
            SheetColumn("customers", FIELD_NAMES["customers"], "estimate", "people", required=True),
            SheetColumn("prospects", FIELD_NAMES["prospects"], "estimate", "people", required=True),
            SheetColumn("gross_margin", FIELD_NAMES["gross_margin"], "estimate", "share", _SHARE, required=True),
            SheetColumn("onboarding_cost", FIELD_NAMES["onboarding_cost"], "estimate", "money", (LOWEST, MAX_AMOUNT)),
            SheetColumn("referral_rate", FIELD_NAMES["referral_rate"], "estimate", "each"),
            SheetColumn("refill", FIELD_NAMES["refill"], "estimate", "people", later=True),
            SheetColumn("return_share", FIELD_NAMES["return_share"], "estimate", "share", _SHARE, later=True),
            SheetColumn("rival_response", FIELD_NAMES["rival_response"], "estimate", "share", _SHARE, later=True),
        ),
        fixed=2,
        most_rows=MAX_SEGMENTS,
    ),
    Sheet(
        "levers",
        N_("Levers"),
        N_("Four rows for each segment: what its customers do without spending, at two spends, at unlimited spend."),
        (
            *_segment("segment", N_("Segment")),
            _LEVER,
            SheetColumn("metric", N_("What it moves"), "note", width=38),
            SheetColumn("spend", N_("Spend today"), unit="flow", width=16),
            *_answers("estimate"),
            SheetColumn(
                "carryover",
                N_("Share of the effect that lasts into the next period"),
                unit="share",
                rule=_SHARE,
                width=20,
            ),
            SheetColumn("constant", N_("Or one value, where spending changes nothing"), "estimate", "metric"),
            SheetColumn(
                "family",
                N_("Course of the curve (empty: by the number of answers)"),
                "choice",
                choices="family",
                width=30,
                later=True,
            ),
        ),
        fixed=3,
        most_rows=MAX_SEGMENTS * len(LEVER_CODES),
    ),
    Sheet(
        "side_effects",
        N_("Side effects"),
        N_("What a lever does to something else of its segment, at unlimited spend."),
        (
            *_segment("segment", N_("Segment")),
            _LEVER,
            _METRIC,
            SheetColumn("at_ceiling", N_("By how much"), "estimate", "metric", (LOWEST, MAX_AMOUNT), required=True),
        ),
        fixed=3,
    ),
    Sheet(
        "opinions",
        N_("Opinions"),
        N_("What each person in the room answered about a lever, one row per person."),
        (
            *_segment("segment", N_("Segment")),
            _LEVER,
            SheetColumn("by", N_("By whom"), "text", required=True, width=22),
            *_answers("number"),
        ),
        fixed=4,
    ),
    Sheet(
        "migration",
        N_("Migration"),
        N_("Where customers that stay are next period, all shares of a segment together 100%. No rows: they stay put."),
        (
            *_segment("from", N_("From segment")),
            *_segment("to", N_("To segment")),
            SheetColumn("share", N_("Share of customers"), "number", "share", _SHARE, required=True),
        ),
        fixed=4,
    ),
    Sheet(
        "events",
        N_("Events"),
        N_("What happens to the firm, whatever it spends: what it moves is multiplied, then added to."),
        _CHANGE,
        fixed=2,
        most_rows=100,
    ),
    Sheet(
        "initiatives",
        N_("Initiatives"),
        N_("What the firm can choose to do: its effect, and what it costs."),
        (
            *_CHANGE,
            _LEVER,
            SheetColumn("one_off", N_("Costs once"), unit="money"),
            SheetColumn("per_period", N_("Costs"), unit="flow"),
        ),
        fixed=2,
        most_rows=100,
    ),
    Sheet(
        "origins",
        N_("Sources"),
        N_("Where each number comes from. A number without a row, or with an empty one, came with the case."),
        (
            SheetColumn("number", N_("Code of the number"), "text", longest=1000, required=True, width=34),
            SheetColumn("number", N_("Number"), "note", width=60),
            SheetColumn("kind", N_("Where from"), "choice", choices="kind", width=16),
            SheetColumn("by", N_("By whom"), "text", width=22),
            SheetColumn("source", N_("Source"), "text", longest=2000, width=60),
            SheetColumn("confirm", N_("To confirm"), "choice", choices="yes_no"),
            SheetColumn("changed", N_("Last changed"), "note", width=60),
        ),
        fixed=2,
    ),
)
"""In the order in which they stand behind the sheet that says how."""
BY_CODE = {sheet.code: sheet for sheet in SHEETS}
