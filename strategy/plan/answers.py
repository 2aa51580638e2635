"""Answers to the strategic questions: checked against their question and the case, and kept free of what is gone."""

from collections.abc import Mapping
from typing import Any

from strategy.case.case import Case
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVER_CODES
from strategy.errors import PlannerError
from strategy.questions import BY_CODE, Answer, Column, Question
from strategy.questions.question import HIGHEST_SCORE, LOWEST_SCORE

LONGEST_TEXT = 2000
MOST_ROWS = 60
Answers = Mapping[str, Answer]
"""{question code: answer}; only what was answered stands in it."""


def checked_answers(case: Case, document: object) -> dict[str, Answer]:
    """Answers as they come from a file. Raises PlannerError naming question, value and rule."""
    if not isinstance(document, Mapping):
        raise PlannerError("not_an_object", place="answers", value=document)
    found = {}
    for code, given in document.items():
        if code not in BY_CODE:
            raise PlannerError("unknown_question", place="answers", value=code)
        answer = checked_answer(case, BY_CODE[code], given)
        if answer is not None:
            found[code] = answer
    return found


def checked_answer(case: Case, question: Question, given: object) -> Answer:
    """One answer in its own form, None where nothing was answered. Raises PlannerError."""
    if question.per == "firm":
        return _checked(case, question, given)
    if given is None:
        return None
    by_segment = _object(question.code, given)
    for segment in by_segment:
        if segment not in case.segment_ids:
            known = ", ".join(case.segment_ids)
            raise PlannerError("unknown_segment", place=question.code, value=segment, within="", known=known)
    answers = {s: _checked(case, question, by_segment[s]) for s in case.segment_ids if s in by_segment}
    return {segment: answer for segment, answer in answers.items() if answer is not None} or None


def _checked(case: Case, question: Question, given: object) -> Answer:
    if given is None:
        return None
    match question.kind:
        case "choice":
            return _one_of(question.code, given, [option.code for option in question.options])
        case "several":
            return _several(question, given)
        case "score":
            return _score(question.code, given)
        case "scores":
            return _scores(question, given)
        case "number":
            return _number(question.code, given, question.low, question.high)
        case "text":
            return _text(question.code, given)
        case "rows":
            return _rows(case, question, given)


def _several(question: Question, given: object) -> Answer:
    if not isinstance(given, list | tuple):
        raise PlannerError("not_a_list", place=question.code, value=given)
    codes = [option.code for option in question.options]
    chosen = {_one_of(question.code, code, codes) for code in given}
    return tuple(code for code in codes if code in chosen) or None


def _scores(question: Question, given: object) -> Answer:
    by_option = _object(question.code, given)
    for code in by_option:
        _one_of(question.code, code, [option.code for option in question.options])
    scores = {o.code: by_option[o.code] for o in question.options if by_option.get(o.code) is not None}
    return {code: _score(question.code, score) for code, score in scores.items()} or None


def _rows(case: Case, question: Question, given: object) -> Answer:
    if not isinstance(given, list | tuple):
        raise PlannerError("not_a_list", place=question.code, value=given)
    if len(given) > MOST_ROWS:
        raise PlannerError("too_many_rows", place=question.code, value=len(given), limit=MOST_ROWS)
    rows = []
    for number, row in enumerate(given, 1):
        place = f"{question.code}, {number}"
        cells = _object(place, row)
        for code in cells:
            _one_of(place, code, [column.code for column in question.columns])
        read = {column.code: _cell(case, place, column, cells.get(column.code)) for column in question.columns}
        if any(value is not None for value in read.values()):
            rows.append({code: value for code, value in read.items() if value is not None})
    return tuple(rows) or None


def _cell(case: Case, place: str, column: Column, given: object) -> Answer:
    if given is None:
        return None
    match column.kind:
        case "text":
            return _text(place, given)
        case "score":
            return _score(place, given)
        case "number":
            return _number(place, given, column.low, column.high)
        case "yes_no":
            return bool(given)
        case "choice":
            return _one_of(place, given, [option.code for option in column.options])
        case "segment":
            return _one_of(place, given, list(case.segment_ids))
        case "lever":
            return _one_of(place, given, list(LEVER_CODES))


def _object(place: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise PlannerError("not_an_object", place=place, value=given)
    return given


def _one_of(place: str, given: object, codes: list[str]) -> str:
    if not isinstance(given, str) or given not in codes:
        raise PlannerError("choice", place=place, value=given, expected=", ".join(codes))
    return given


def _score(place: str, given: object) -> int:
    number = _number(place, given, LOWEST_SCORE, HIGHEST_SCORE)
    if number != int(number):
        raise PlannerError("not_whole", place=place, value=given)
    return int(number)


def _number(place: str, given: object, low: float, high: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PlannerError("not_a_number", place=place, value=given)
    if not low <= given <= min(high, MAX_AMOUNT):
        raise PlannerError("out_of_range", place=place, value=given, low=low, high=high)
    return float(given)


def _text(place: str, given: object) -> str | None:
    if not isinstance(given, str):
        raise PlannerError("not_text", place=place, value=given)
    if len(given) > LONGEST_TEXT:
        raise PlannerError("text_too_long", place=place, value=len(given), limit=LONGEST_TEXT)
    readable = given.encode("utf-8", "ignore").decode()
    return readable if readable.strip() else None


def fitted(case: Case, answers: Answers) -> dict[str, Answer]:
    """The answers as far as they are about segments that the case has: what is gone leaves nothing dangling."""
    found = {code: _fitted(case, BY_CODE[code], answer) for code, answer in answers.items()}
    return {code: answer for code, answer in found.items() if answer not in ({}, ())}


def _fitted(case: Case, question: Question, answer: Answer) -> Answer:
    known = case.segment_ids
    if question.per == "segment":
        return {segment: value for segment, value in answer.items() if segment in known}
    columns = {column.code for column in question.columns if column.kind == "segment"}
    if not columns:
        return answer
    kept = ({c: v for c, v in row.items() if c not in columns or v in known} for row in answer)
    return tuple(row for row in kept if row)
