"""Lists to act on in words: what each is called, why somebody is on one, what it brings."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from strategy.customers.value.acting import WHYS, Choice
from strategy.customers.value.segmenting import Way
from strategy.customers.value.segments import NAMELESS, OTHERS
from strategy.explanations.customer_findings import SEGMENT_NAMES
from strategy.plan.plan import Plan
from strategy.words.wording import N_, Wording

LIST_NAMES = {
    "reactivate": N_("Win back"),
    "keep": N_("Keep"),
    "upgrade": N_("Upgrade"),
    "let_go": N_("Let go"),
}
REASONS = {
    "gone": N_("Has probably left, and back is worth more than the contact"),
    "leaving": N_("May leave, and what would be lost is worth more than the contact"),
    "staying": N_("Stays, and buying a little more is worth more than the contact"),
    "costs_more": N_("Brings less next year than serving costs"),
    "not_chosen": N_("In a segment that is not chosen (client selection)"),
}


def segment_named(code: str, way: Way, say: Wording) -> str:
    """A segment's name: our own in the reader's language, the data's as they are."""
    if way.kind == "column" and code not in (OTHERS, NAMELESS):
        return code
    return say.text(SEGMENT_NAMES[code])


def codes_told(way: Way, say: Wording) -> dict[str, Callable[[pa.ChunkedArray], pa.Array]]:
    """What says the codes of a list in the reader's language: its segments and its reasons."""
    reasons = pa.array([say.text(REASONS[why]) for why in WHYS], pa.string())

    def segments(codes: pa.ChunkedArray) -> pa.Array:
        there = codes.unique()
        names = pa.array([segment_named(code, way, say) for code in there.to_pylist()], pa.string())
        return names.take(pc.index_in(codes.combine_chunks(), value_set=there))

    return {"segment_code": segments, "why": lambda places: reasons.take(places.combine_chunks())}


def chosen_in(plan: Plan, codes: tuple[str, ...], way: Way, say: Wording) -> dict[str, Choice]:
    """What a plan says of segments that are those of the data, told by their id or their name: {code: choice}."""
    there = {segment.name: segment.id for segment in plan.case.segments}
    there |= {segment.id: segment.id for segment in plan.case.segments}
    found = {}
    for code in codes:
        segment = there.get(code) or there.get(segment_named(code, way, say))
        answers = [plan.answer(question, segment) for question in ("focus", "keep")] if segment else []
        if any(answers):
            found[code] = Choice(*(str(given) if given else None for given in answers))
    return found
