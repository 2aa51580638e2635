"""Answers and findings in words: plain text in the reader's language."""

from collections.abc import Mapping
from typing import Any

from strategy.case.beliefs import Origin
from strategy.case.case import Case
from strategy.case.editing import Key
from strategy.case.levers import LEVERS
from strategy.coherence import Clash
from strategy.plan.market import Supposed
from strategy.plan.plan import Plan
from strategy.plan.register import Entry, quantity
from strategy.questions import BY_CODE, Answer, Column, Option, Question
from strategy.questions.question import HIGHEST_SCORE
from strategy.words.messages import FIELD_NAMES, LEVER_NAMES, METRIC_NAMES, PART_NAMES, SIDE_EFFECT_NAME
from strategy.words.wording import N_, Wording


def answer_lines(plan: Plan, question: Question, say: Wording) -> list[str]:
    """An answer, a line for each segment, score or row; empty where nothing was answered."""
    answer = plan.answer(question.code)
    if answer is None:
        return []
    if question.per == "segment":
        return [
            say.text("{name}: {value}", name=segment.name, value=_one(question, answer[segment.id], say))
            for segment in plan.case.segments
            if segment.id in answer
        ]
    match question.kind:
        case "scores":
            return [
                say.text("{name}: {value}", name=say.text(option.text), value=_score(answer[option.code], say))
                for option in question.options
                if option.code in answer
            ]
        case "rows":
            return [_row(plan.case, question, row, say) for row in answer]
        case "several":
            return [", ".join(say.text(question.option_texts[code]) for code in answer)]
        case _:
            return [_one(question, answer, say)]


def _one(question: Question, value: Answer, say: Wording) -> str:
    match question.kind:
        case "choice":
            return say.text(question.option_texts[value])
        case "score":
            return _score(value, say)
        case "number":
            return say.money(value, 0) if question.unit == "money" else say.number(value)
        case _:
            return str(value)


def _score(value: int, say: Wording) -> str:
    return say.text("{score} of {highest}", score=value, highest=HIGHEST_SCORE)


def _row(case: Case, question: Question, row: Mapping[str, Any], say: Wording) -> str:
    """The cells of a row that are filled in; those that are no text of their own carry their title."""
    cells = []
    for column in question.columns:
        if column.code in row:
            value = _cell(case, column, row[column.code], say)
            bare = column.kind in ("text", "choice", "segment", "lever")
            cells.append(value if bare else say.text("{name}: {value}", name=say.text(column.title), value=value))
    return ", ".join(cells)


def _cell(case: Case, column: Column, value: Any, say: Wording) -> str:
    match column.kind:
        case "choice":
            return _option(column.options, value, say)
        case "segment":
            return case.segment(value).name
        case "lever":
            return say.text(LEVER_NAMES[value])
        case "score" | "number":
            return say.number(value)
        case "yes_no":
            return say.text("yes") if value else say.text("no")
        case _:
            return str(value)


def _option(options: tuple[Option, ...], code: str, say: Wording) -> str:
    return next(say.text(option.text) for option in options if option.code == code)


def finding_text(plan: Plan, finding: Clash, say: Wording) -> str:
    """What a rule of coherence found, one sentence."""
    facts = {name: _fact(plan.case, kind, value, say) for name, (kind, value) in finding.facts.items()}
    sentence = say.text(finding.rule.sentence, **facts)
    return sentence[:1].upper() + sentence[1:]


def _fact(case: Case, kind: str, value: Any, say: Wording) -> str:
    match kind:
        case "segment":
            return case.segment(value).name
        case "segments":
            return ", ".join(case.segment(segment).name for segment in value)
        case "lever":
            return say.text(LEVER_NAMES[value])
        case "option":
            question, code = value
            columns = (column.options for column in BY_CODE[question].columns)
            return _option(next((o for o in (BY_CODE[question].options, *columns) if o), ()), code, say)
        case "column":
            question, name, code = value
            column = next(column for column in BY_CODE[question].columns if column.code == name)
            return _option(column.options, code, say)
        case "money":
            return say.short_money(value)
        case "share":
            return say.percent(value, 0)
        case "number":
            return say.number(value)
        case _:
            return str(value)


# Numbers and where they come from ------------------------------------------------------------------------------------

NUMBER_NAMES = {
    "discount_rate": N_("discount rate a year"),
    "budget": N_("planned budget"),
    "spend": N_("{lever}: spend today"),
    "carryover": N_("{lever}: effect that lasts into the next period"),
    "answer_1": N_("{metric} at the first spend asked about"),
    "answer_2": N_("{metric} at the second spend asked about"),
}
ORIGIN_NAMES = {
    "measured": N_("measured"),
    "believed": N_("believed"),
    "default": N_("default"),
    "assumed": N_("assumed"),
    "computed": N_("computed"),
}
SUPPOSED = {
    "prospects_last": N_("prospects do not run out"),
    "rivals_still": N_("rivals do not answer"),
}
"""What a case supposes of a segment's market where nobody answered."""
UNIT_NAMES = {"hundred": N_("of 100"), "people": N_("people"), "money": N_("money")}


def number_name(case: Case, key: Key, say: Wording) -> str:
    """What a number of the case is: "Families: share of customers that stay at unlimited spend"."""
    if len(key) == 1:
        return say.text(NUMBER_NAMES[key[0]])
    name = say.text(FIELD_NAMES[key[1]]) if len(key) == 2 else _part_name(key, say)
    return say.text("{segment}: {assumption}", segment=case.segment(key[0]).name, assumption=name)


def _part_name(key: Key, say: Wording) -> str:
    lever = say.text(LEVER_NAMES[key[1]])
    metric = say.text(METRIC_NAMES[LEVERS[key[1]].metric])
    if key[2] in NUMBER_NAMES:
        return say.text(NUMBER_NAMES[key[2]], lever=lever, metric=metric)
    if key[2] in PART_NAMES:
        return say.text(PART_NAMES[key[2]], metric=metric)
    return say.text(SIDE_EFFECT_NAME, lever=lever, metric=say.text(METRIC_NAMES[quantity(key)]))


def supposed_name(case: Case, supposed: Supposed, say: Wording) -> str:
    """What nobody answered, as an assumption: "Families: prospects do not run out"."""
    segment = case.segment(supposed.segment).name
    return say.text("{segment}: {assumption}", segment=segment, assumption=say.text(SUPPOSED[supposed.what]))


def unit_name(entry: Entry, say: Wording) -> str:
    """The unit of a number: of 100, people, or the currency."""
    return say.currency_symbol if entry.unit == "money" else say.text(UNIT_NAMES[entry.unit])


def origin_text(origin: Origin, say: Wording) -> str:
    """Where a number comes from, in a few words."""
    parts = [say.text(ORIGIN_NAMES[origin.kind])]
    parts += [say.text("by {name}", name=origin.by)] if origin.by else []
    parts += [origin.source] if origin.source else []
    parts += [say.text("to be confirmed")] if origin.confirm else []
    return ", ".join(parts)
