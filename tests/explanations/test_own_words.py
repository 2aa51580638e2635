"""What is refused is said in the words and the unit of whoever answered; no code of ours stands in any message."""

import re
from string import Formatter

import pytest

from strategy.case.beliefs import asked_spends, believe, said, with_end
from strategy.case.estimate import Estimate
from strategy.case.levers import LEVER_CODES
from strategy.case.samples import load_sample
from strategy.errors import PlannerError
from strategy.explanations.own_words import ends_in_own_words, in_own_words, place_in_words
from strategy.words.lever_words import LEVER_WORDS
from strategy.words.messages import ERRORS, explain
from strategy.words.wording import LANGUAGES, Wording

CODES = re.compile(r"\b(?:floor|ceiling|answer_\d|levers?, \w+|[a-z]+_[a-z_]+)\b")
"""Names of fields and of levers as the code and files have them, and paths of fields."""
CASE = load_sample("web_shop")
SEGMENT = "newcomers"


def refusal(lever: str, language: str = "en", **answers: float | tuple[float, float, float]) -> str:
    """What is said of answers that cannot be, beside those of the sample."""
    say, spends = Wording(language, CASE.currency), asked_spends(CASE, SEGMENT, lever)
    told = said(CASE, SEGMENT, lever)
    for field, answer in answers.items():
        told[field] = Estimate.shown(*answer) if isinstance(answer, tuple) else Estimate.of(answer)
    with pytest.raises(PlannerError) as caught:
        believe(CASE, SEGMENT, lever, told, spends)
    return explain(in_own_words(caught.value, CASE, SEGMENT, lever, told, spends, say), say)


def test_more_without_money_than_today_is_refused_in_people() -> None:
    """The sample: 3,000 newcomers a quarter at US$33K, at least 2,700."""
    assert refusal("acquire", floor=4000) == (
        "With no money you cannot win as many (4,000) as with US$33K (3,000); change one of the two."
    )
    overlapping = refusal("acquire", floor=(100, 2500, 2800))
    assert "as many (2,800) as with US$33K (2,700)" in overlapping


def test_a_place_is_called_what_people_call_it() -> None:
    say = Wording("en")
    assert place_in_words('segment "Families", levers, reduce_cost, floor', say) == (
        'segment "Families", reduce cost, without spending'
    )
    assert place_in_words("What, levers are there?", say) == "What, levers are there?", "only whole parts are codes"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lever", "answers"),
    [
        ("acquire", {"floor": 4000}),
        ("acquire", {"ceiling": 2000}),
        ("acquire", {"answer_2": 50}),
        ("acquire", {"floor": (100, 2900, 3000)}),
        ("acquire", {"ceiling": 600_000}),
        ("acquire", {"floor": -5}),
        ("develop", {"floor": 100}),
        ("retain", {"floor": 99}),
        ("retain", {"ceiling": 140}),
        ("reduce_cost", {"floor": 0.1}),
        ("reduce_cost", {"ceiling": 5}),
    ],
)
def test_what_cannot_be_is_said_without_codes(lever: str, answers: dict[str, float], language: str) -> None:
    assert not CODES.search(refusal(lever, language, **answers))


def test_beyond_all_prospects_is_said_in_people() -> None:
    """The sample has 150,000 prospects among the newcomers."""
    assert "600,000" in refusal("acquire", ceiling=600_000)
    assert "150,000" in refusal("acquire", ceiling=600_000)


def test_a_range_out_of_order_names_its_ends() -> None:
    say = Wording("en", CASE.currency)
    with pytest.raises(PlannerError) as caught:
        with_end(Estimate.of(750, 900, 1050), "low", 5000)
    told = explain(ends_in_own_words(caught.value, say), say)
    assert told == "At least 5,000, most likely 900, at most 1,050: put the three in this order."


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_holds_a_code_word(language: str) -> None:
    say = Wording(language)
    texts = {**ERRORS, **{f"against {code}": LEVER_WORDS[code].against for code in LEVER_CODES}}
    for code, text in texts.items():
        fields = {name for _, name, _, _ in Formatter().parse(text) if name}
        told = say.text(text, **dict.fromkeys(fields, "x"))
        assert not CODES.search(told), (code, told)
