"""What a question of a strategic dimension is: its words, the kind of its answer, and what its answer is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["choice", "several", "score", "scores", "number", "text", "rows"]
Answer = Any
"""choice: an option's code · several: a tuple of codes · score: 1..5 · scores: {option: 1..5} · number: float ·
text: str · rows: a tuple of {column: value}; of a question per segment {segment id: such an answer}."""

LOWEST_SCORE, HIGHEST_SCORE = 1, 5


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: its code, its name, and what it means in a sentence or two."""

    code: str
    name: str
    meaning: str


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and in a few words what choosing it means."""

    code: str
    text: str
    meaning: str = ""


@dataclass(frozen=True)
class Column:
    """One column of an answer in rows; kind segment and lever hold a segment's id and a lever's code."""

    code: str
    title: str
    kind: Literal["text", "choice", "score", "number", "yes_no", "segment", "lever"] = "text"
    options: tuple[Option, ...] = ()
    low: float = 0.0
    high: float = 1e15


@dataclass(frozen=True)
class Question:
    """One question of a dimension.

    per      whether the firm answers once, or for each segment
    ends     the words at the lowest and the highest score
    unit     what a number counts: money, people, hundred (of 100 customers), percent, or nothing
    term     the glossary's code of the term behind the question
    example  an answer that another firm could give
    depth    must: on the 60-minute route · main: on the first screen · deep: one click further
    item     the item of the field's list that it makes usable, such as "A5"
    """

    code: str
    dimension: str
    text: str
    kind: Kind
    item: str
    per: Literal["firm", "segment"] = "firm"
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    ends: tuple[str, str] = ("", "")
    unit: Literal["", "money", "people", "hundred", "percent"] = ""
    low: float = 0.0
    high: float = 1e15
    term: str = ""
    example: str = ""
    depth: Literal["must", "main", "deep"] = "main"

    @property
    def option_texts(self) -> Mapping[str, str]:
        """{code: message id} of the options."""
        return {option.code: option.text for option in self.options}


@dataclass(frozen=True)
class Dimension:
    """A strategic dimension: its title, its issue as a question, its page, and the levers whose answers it asks."""

    code: str
    title: str
    issue: str
    levers: tuple[str, ...]

    @property
    def page(self) -> str:
        """The file of its page."""
        return f"{self.code}.py"
