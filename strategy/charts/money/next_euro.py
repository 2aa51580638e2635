"""Where the next euro should go: opportunities ranked by what a euro brings back, with the cut line at the budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from strategy.case.case import Case
from strategy.charts.drawing.axes import PHONE, on_lines, round_numbers, with_room
from strategy.charts.drawing.chart import COLOURS, Chart, drawn, translucent
from strategy.charts.drawing.labels import BRIEF, DOING, brief, place_label
from strategy.charts.drawing.rows import BAR, Rows, add_texts, emptied, in_rows, mark, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import MONEY, ChartTable, Measure, column, tabled
from strategy.equity.readouts import Opportunity
from strategy.words.wording import ELLIPSIS, N_, Wording, markdown_text

MOVE = N_("{doing} earns {more}, the last euros in {place} {less}: move money")
HOLDS_ALL = N_("The plan holds every opportunity; no next step is left")
EARNS_MOST = N_("{doing} earns most: {multiple}")
IN_PLACE = N_("The plan's money earns most where it is; next comes {place}: {multiple}")
NO_MORE = N_("More money does not pay: the best next step, {place}, brings back {multiple}")
NOWHERE = N_("There is nowhere to spend yet: give a lever a curve, or the plan a budget")
PHASED = N_("{phase}: {finding}")
"""What is found, and of which phase."""
CLEARLY = 0.005
"""Returns per euro closer than this are as good as equal."""
CRUMB = 1e-6
"""What holds less than this share of the largest amount is left over from a search and no place for money."""


@dataclass(frozen=True)
class _Shown:
    """The opportunities that fit the picture, how many are funded, and whether the first that is not would pay.

    skips  whether places between the last two rows are left out
    """

    places: list[Opportunity]
    funded: int
    still_pays: bool
    skips: bool

    @property
    def cut(self) -> int | None:
        """The row before which money ends; None where all or none of the rows are funded, or one below one that is not.

        That may be where initiatives are paid in every phase, and cells in theirs.
        """
        ends = 0 < self.funded < len(self.places) and all(place.funded for place in self.places[: self.funded])
        return self.funded if ends else None

    @property
    def longest(self) -> float:
        """Where bars are broken off, so that one that is out of proportion leaves the others readable."""
        usual = sorted([1.0, *(place.multiple for place in self.places if np.isfinite(place.multiple))])
        return usual[-1] * 1.1 if usual[-1] <= 3 * usual[len(usual) // 2] else 3 * usual[len(usual) // 2]

    @property
    def heights(self) -> list[float]:
        """What a euro brings back, as far as it is drawn."""
        return [min(place.multiple, self.longest) for place in self.places]


def next_euro(case: Case, opportunities: list[Opportunity], say: Wording, limit: int = 12, phase: str = "") -> Chart:
    """Where the next euro should go: filled bars are in the plan now, outlined ones are next steps.

    phase  the words for the one phase that the opportunities are of, where there are several
    """
    least = CRUMB * max((o.cost for o in opportunities), default=0.0)
    opportunities = [o for o in opportunities if o.cost > least or o.kind == "initiative"]

    def table() -> ChartTable:
        return tabled(
            say,
            column(say.text("Where"), [place_label(case, o, say) for o in opportunities]),
            column(say.text("Now"), [_state(o, say) for o in opportunities]),
            column(
                say.text("Amount {per_period}", per_period=say.per(case.period)), [o.cost for o in opportunities], MONEY
            ),
            column(
                say.text("Comes back per {unit}", unit=say.money(1, digits=0)),
                [say.text("costs nothing") if np.isinf(o.multiple) else o.multiple for o in opportunities],
                Measure("money", 2),
            ),
            column(
                say.text("Within the budget"), [say.text("yes") if o.funded else say.text("no") for o in opportunities]
            ),
        )

    if not opportunities:
        nothing = say.text(NOWHERE)
        return drawn(nothing, emptied(say, nothing), table, nothing)
    shown = _shown(opportunities, limit)
    title, summary = _title(case, opportunities, say), _summary(case, opportunities, shown, say)
    if phase:
        begun = phase[:1].upper() + phase[1:]
        title, summary = (say.text(PHASED, phase=begun, finding=text) for text in (title, summary))
    return drawn(title, _figure(case, shown, say), table, summary)


def _shown(opportunities: list[Opportunity], limit: int) -> _Shown:
    """The first ones; the plan's weakest place is always among them, for money may have to move away from it."""
    places = opportunities[:limit]
    weakest = next((o for o in reversed(opportunities) if o.in_plan), None)
    skips = weakest is not None and weakest not in places
    if weakest is not None and skips:
        places = [*places[: limit - 1], weakest]
    beyond = next((o for o in opportunities if not o.funded), None)
    return _Shown(places, sum(place.funded for place in places), beyond is not None and beyond.multiple > 1, skips)


def _state(place: Opportunity, say: Wording) -> str:
    return say.text("in the plan") if place.in_plan else say.text("next step")


def _multiple(multiple: float, say: Wording) -> str:
    return say.text("costs nothing") if np.isinf(multiple) else say.money(multiple, digits=2)


def _per_euro(multiple: float, say: Wording) -> str:
    """What comes back, in a sentence."""
    return say.text("more than it costs, which is nothing") if np.isinf(multiple) else say.multiple(multiple)


# The finding ---------------------------------------------------------------------------------------------------------


def _better_place(opportunities: list[Opportunity]) -> tuple[Opportunity, Opportunity] | None:
    """Where money should move to and from: a next step that clearly outranks a place of the plan."""
    steps = [o for o in opportunities if not o.in_plan]
    for weak in reversed([o for o in opportunities if o.in_plan]):
        for step in steps:
            if (step.segment, step.lever, step.initiative) == (weak.segment, weak.lever, weak.initiative):
                continue
            return (step, weak) if step.multiple > weak.multiple + CLEARLY else None
    return None


def _doing(case: Case, place: Opportunity, say: Wording) -> str:
    """A place as the beginning of a sentence, safe in Markdown."""
    if place.segment is None:
        return markdown_text(place_label(case, place, say, BRIEF))
    return say.text(DOING[place.lever], segment=markdown_text(brief(case.segment(place.segment).name)))


def _title(case: Case, opportunities: list[Opportunity], say: Wording) -> str:
    if pair := _better_place(opportunities):
        to, weak = pair
        return say.text(
            MOVE,
            doing=_doing(case, to, say),
            more=_per_euro(to.multiple, say),
            place=markdown_text(place_label(case, weak, say, BRIEF)),
            less=_per_euro(weak.multiple, say),
        )
    best = next((o for o in opportunities if not o.in_plan), None)
    if best is None:
        return say.text(HOLDS_ALL)
    doing, multiple = _doing(case, best, say), _per_euro(best.multiple, say)
    if not any(o.in_plan for o in opportunities):
        return say.text(EARNS_MOST, doing=doing, multiple=multiple)
    if best.multiple > 1:
        return say.text(
            IN_PLACE,
            place=markdown_text(place_label(case, best, say, BRIEF)),
            multiple=multiple,
        )
    return say.text(
        NO_MORE,
        place=markdown_text(place_label(case, best, say, BRIEF)),
        multiple=multiple,
    )


def _summary(case: Case, opportunities: list[Opportunity], shown: _Shown, say: Wording) -> str:
    best = ", ".join(
        f"{place_label(case, o, say)} ({_state(o, say)}) {_multiple(o.multiple, say)}" for o in shown.places[:3]
    )
    sentences = say.text(
        "Places for money, ranked by what {unit} there brings back. Best: {best}.",
        unit=say.money(1, digits=0),
        best=best,
    )
    funded = sum(o.funded for o in opportunities)
    return f"{sentences} " + say.text(
        "{funded} of {all} lie within the budget; {shown} are drawn.",
        funded=say.number(funded),
        all=say.number(len(opportunities)),
        shown=say.number(len(shown.places)),
    )


# The picture ---------------------------------------------------------------------------------------------------------


def _figure(case: Case, shown: _Shown, say: Wording) -> Sketch:
    labels = [on_lines(place_label(case, o, say, BRIEF)) for o in shown.places]
    if shown.skips:
        labels[-1] = f"{ELLIPSIS} {labels[-1]}"
    placed = rows(labels, parted_before=shown.cut)
    colours = [COLOURS["initiatives" if o.kind == "initiative" else o.lever] for o in shown.places]
    texts = [f"{_multiple(o.multiple, say)}{'' if o.multiple <= shown.longest else ' →'}" for o in shown.places]
    figure = Sketch()
    figure.add_bar(
        x=shown.heights,
        y=placed.places,
        orientation="h",
        width=BAR,
        marker={
            "color": [c if o.in_plan else translucent(c) for o, c in zip(shown.places, colours, strict=True)],
            "line": {"color": colours, "width": 2},
        },
        customdata=[_hover(case, o, label, say) for o, label in zip(shown.places, labels, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    add_texts(figure, [max(1.0, height) for height in shown.heights], placed.places, texts)
    in_rows(figure, placed, say, axis=84)
    if shown.cut is not None:
        _cut_line(figure, placed, shown, say)
    _return_axis(figure, placed, shown, texts, say)
    return figure


def _hover(case: Case, place: Opportunity, label: str, say: Wording) -> str:
    amount = say.text("{amount} {per_period}", amount=say.short_money(place.cost), per_period=say.per(case.period))
    return f"{label}<br>{_state(place, say)}, {amount}: {_per_euro(place.multiple, say)}"


def _cut_line(figure: Sketch, placed: Rows, shown: _Shown, say: Wording) -> None:
    """Where the money ends, or where a euro no longer earns itself back."""
    assert shown.cut is not None
    place = placed.places[shown.cut - 1] + placed.half + 22
    figure.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=place,
        y1=place,
        line={"color": COLOURS["today"], "width": 2, "dash": "dash"},
    )
    figure.add_annotation(
        x=1,
        xref="paper",
        xanchor="right",
        y=place,
        yanchor="bottom",
        text=say.text("budget ends here") if shown.still_pays else say.text("no longer pays"),
    )


def _return_axis(figure: Sketch, placed: Rows, shown: _Shown, texts: Sequence[str], say: Wording) -> None:
    """The axis of what comes back, with a line at 1: there a euro earns itself back."""
    low, high = min([0.0, *shown.heights]), max([1.0, *shown.heights])
    mark(figure, placed, 1.0)
    values = sorted({*round_numbers(low, high, 3), 1.0} if high < 6 else {*round_numbers(low, high, 3)})
    values = [value for value in values if value == 1 or abs(value - 1) > 0.12 * (high - low)]
    title = say.text("comes back per {unit}; from {unit} it pays", unit=say.money(1, digits=0))
    key = say.text("{filled} in the plan now   {hollow} next step", filled="■", hollow="□")
    figure.update_xaxes(
        range=with_room(low, high, after=texts, width=PHONE),
        tickmode="array",
        tickvals=values,
        ticktext=[say.money(value, digits=0 if value == round(value) else 2) for value in values],
        title={"text": f"{title}<br>{key}"},
    )
