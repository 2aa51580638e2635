"""Answers are kept as their question takes them, and what a segment leaves behind goes with it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.editing import document_of, with_segments
from strategy.case.samples import load_sample
from strategy.errors import PlannerError
from strategy.plan.answers import LONGEST_TEXT, MOST_ROWS, checked_answer, checked_answers, fitted
from strategy.plan.plan import set_answer, set_case, start
from strategy.plan.plan_file import read_plan
from strategy.questions import BY_CODE, DIMENSIONS, QUESTIONS, TERMS, Question, of_dimension
from strategy.questions.question import HIGHEST_SCORE, LOWEST_SCORE

CASE = load_sample("telecom")
SEGMENT = CASE.segment_ids[0]
FULL = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.code)


def an_answer(question: Question) -> Any:
    """Something that the question takes."""
    one: dict[str, Any] = {
        "choice": question.options[0].code if question.options else None,
        "several": [option.code for option in question.options[:1]],
        "score": HIGHEST_SCORE,
        "scores": {option.code: LOWEST_SCORE for option in question.options},
        "number": question.low,
        "text": "because",
        "rows": [
            {
                column.code: {
                    "text": "words",
                    "choice": column.options[0].code if column.options else None,
                    "score": HIGHEST_SCORE,
                    "number": column.low,
                    "yes_no": True,
                    "segment": SEGMENT,
                    "lever": "retain",
                }[column.kind]
                for column in question.columns
            }
        ],
    }
    return {SEGMENT: one[question.kind]} if question.per == "segment" else one[question.kind]


def refused(question: str, given: Any) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        checked_answer(CASE, BY_CODE[question], given)
    return caught.value


# The table of questions ----------------------------------------------------------------------------------------------


def test_every_question_has_a_code_of_its_own_a_dimension_and_a_known_term() -> None:
    codes = [question.code for question in QUESTIONS]
    assert len(codes) == len(set(codes))
    assert {question.dimension for question in QUESTIONS} == {dimension.code for dimension in DIMENSIONS}
    terms = [term.code for term in TERMS]
    assert len(terms) == len(set(terms))
    assert {question.term for question in QUESTIONS if question.term} <= set(terms)


@FULL
def test_a_question_is_complete(question: Question) -> None:
    assert question.text
    assert question.item
    assert bool(question.options) == (question.kind in ("choice", "several", "scores"))
    assert bool(question.columns) == (question.kind == "rows")
    codes = [option.code for option in question.options] or [column.code for column in question.columns]
    assert len(codes) == len(set(codes))


def test_each_dimension_asks_three_to_six_questions_on_its_first_screen() -> None:
    for dimension in DIMENSIONS:
        first = [question for question in of_dimension(dimension.code) if question.depth == "must"]
        assert 2 <= len(first) <= 6


# Answers -------------------------------------------------------------------------------------------------------------


@FULL
def test_a_fitting_answer_is_kept_and_comes_back_from_a_plan_file(question: Question) -> None:
    plan = set_answer(start(CASE), question.code, an_answer(question))
    assert plan.answers[question.code] == checked_answer(CASE, question, an_answer(question))
    assert read_plan(plan.to_json()).answers == plan.answers


@FULL
def test_no_answer_takes_an_answer_back(question: Question) -> None:
    plan = set_answer(start(CASE), question.code, an_answer(question))
    assert set_answer(plan, question.code, None) == start(CASE)


def test_one_segments_answer_leaves_the_others() -> None:
    plan = set_answer(start(CASE), "focus", "focus", SEGMENT)
    plan = set_answer(plan, "focus", "no", CASE.segment_ids[1])
    assert plan.answer("focus", SEGMENT) == "focus"
    assert plan.answer("focus", CASE.segment_ids[1]) == "no"
    assert plan.answer("focus", CASE.segment_ids[2]) is None
    assert set_answer(plan, "focus", None, SEGMENT).answer("focus") == {CASE.segment_ids[1]: "no"}


@pytest.mark.parametrize(
    ("question", "given_answer", "code"),
    [
        ("spectrum", "everything", "choice"),
        ("spectrum", ["mass"], "choice"),
        ("focus", {SEGMENT: "perhaps"}, "choice"),
        ("focus", {"nobody": "focus"}, "unknown_segment"),
        ("focus", "focus", "not_an_object"),
        ("attractiveness", {SEGMENT: HIGHEST_SCORE + 1}, "out_of_range"),
        ("attractiveness", {SEGMENT: 2.5}, "not_whole"),
        ("attractiveness", {SEGMENT: True}, "not_a_number"),
        ("priorities", {"rest": 3}, "choice"),
        ("retention_goal", {SEGMENT: 101}, "out_of_range"),
        ("retention_goal", {SEGMENT: float("nan")}, "out_of_range"),
        ("difference", "x" * (LONGEST_TEXT + 1), "text_too_long"),
        ("difference", 3, "not_text"),
        ("systems", "legacy", "not_a_list"),
        ("goals", [{}] * (MOST_ROWS + 1), "too_many_rows"),
        ("goals", ["more"], "not_an_object"),
        ("goals", [{"unknown": 1}], "choice"),
        ("goals", [{"segment": "nobody"}], "choice"),
    ],
)
def test_what_a_question_does_not_take_is_refused_by_name(question: str, given_answer: Any, code: str) -> None:
    error = refused(question, given_answer)
    assert error.code == code
    assert question in str(error.fields["place"])


def test_a_hundred_thousand_letters_are_refused_and_the_plan_stays() -> None:
    plan = set_answer(start(CASE), "difference", "because")
    with pytest.raises(PlannerError) as caught:
        set_answer(plan, "difference", "x" * 100_000)
    assert caught.value.fields["limit"] == LONGEST_TEXT
    assert plan.answer("difference") == "because"


def test_markup_and_formulas_are_kept_as_they_were_typed() -> None:
    typed = "<b>=1+1</b> **$x$** :material/home: [a](javascript:b)"
    assert set_answer(start(CASE), "difference", typed).answer("difference") == typed


@pytest.mark.parametrize("empty", ["\ud800", " \udfff ", "", "  \n "])
def test_an_empty_text_is_no_answer(empty: str) -> None:
    assert set_answer(start(CASE), "difference", empty) == start(CASE)


def test_a_plan_file_with_an_unknown_question_is_refused() -> None:
    document = json.loads(start(CASE).to_json()) | {"answers": {"colour": "red"}}
    with pytest.raises(PlannerError) as caught:
        read_plan(json.dumps(document))
    assert caught.value.code == "unknown_question"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6))  # fmt: skip  # noqa: E501
def test_whatever_is_given_is_an_answer_or_a_named_refusal(anything: Any) -> None:
    for question in QUESTIONS:
        try:
            answer = checked_answer(CASE, question, anything)
        except PlannerError:
            continue  # named: the table above holds what is refused, and why
        assert checked_answer(CASE, question, answer) == answer


# What is gone --------------------------------------------------------------------------------------------------------


def test_answers_about_a_segment_go_with_it_and_the_others_stay() -> None:
    answers = checked_answers(CASE, {question.code: an_answer(question) for question in QUESTIONS})
    plan = start(CASE).having(answers=answers)
    document = document_of(CASE)
    smaller = with_segments(CASE, document["segments"][1:], None)
    after = set_case(plan, smaller)
    assert SEGMENT not in json.dumps(after.answers)
    assert set(after.answers) >= {question.code for question in QUESTIONS if question.per == "firm"}
    assert read_plan(after.to_json()).answers == after.answers


def test_answers_that_fit_are_left_alone() -> None:
    answers = checked_answers(CASE, {question.code: an_answer(question) for question in QUESTIONS})
    assert fitted(CASE, answers) == answers
