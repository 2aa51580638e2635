"""Numbers that people believe, and the strict frozen models they stand in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from strategy.errors import PlannerError
from strategy.words.wording import MAX_AMOUNT as MAX_AMOUNT

PERT_REACH = 7.0**0.5
"""Standard errors from the likely value to the ends of a triple: a symmetric PERT (lambda 4) then has that error."""
NOTHING = 1e-30
"""What is nearer to 0 than this is 0: nobody means it, and what is divided by it goes beyond what a number can hold."""


def broken(code: str, **fields: Any) -> PydanticCustomError:
    """A broken rule as Pydantic wants it raised; `read_case` turns it into a PlannerError."""
    shown = {name: _showable(value) for name, value in fields.items()}
    return PydanticCustomError(code, "{code}", {"code": code, **shown})


def _showable(value: object) -> object:
    """A value that can stand in a message: half characters and whatever is not a number, text or list written out."""
    if isinstance(value, list | tuple):
        return [_showable(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(_showable(key)): _showable(entry) for key, entry in value.items()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value).encode("utf-8", "backslashreplace").decode()[:500]


def without_traces(number: float) -> float:
    """The number, or 0 where it is nearer to 0 than NOTHING."""
    return number if abs(number) >= NOTHING else 0.0


class Model(BaseModel):
    """Frozen, strict about types, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise broken("not_a_number", value=given)
    try:
        number = float(given)
    except OverflowError:
        number = float("inf")
    if not abs(number) <= MAX_AMOUNT:
        raise broken("not_finite", value=given, limit=MAX_AMOUNT)
    return without_traces(number)


class Estimate(Model):
    """A number, or what people believe of it: low <= likely <= high (a PERT distribution)."""

    low: float
    likely: float
    high: float

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if isinstance(given, Estimate):
            return given
        if isinstance(given, Sequence) and not isinstance(given, str):
            if len(given) != 3:
                raise broken("triple_length", value=list(given))
            low, likely, high = map(_number, given)
            if not low <= likely <= high:
                raise broken("triple_order", value=list(given))
        else:
            low = likely = high = _number(given)
        return {"low": low, "likely": likely, "high": high}

    @model_serializer
    def _write(self) -> float | list[float]:
        return self.likely if self.certain else [self.low, self.likely, self.high]

    @property
    def certain(self) -> bool:
        """Whether it is a plain number."""
        return self.low == self.high

    @classmethod
    def of(cls, *values: float) -> Self:
        """An estimate from one number or from low, likely and high. Raises PlannerError for what is none."""
        try:
            return cls.model_validate(values[0] if len(values) == 1 else list(values))
        except ValidationError as error:
            context = dict(error.errors(include_url=False)[0].get("ctx", {}))
            raise PlannerError(context.pop("code", "invalid"), place="number", **context) from None

    @classmethod
    def shown(cls, low: float, likely: float, high: float) -> "Estimate":
        """An estimate in the unit in which people read it, where what a case can hold may be more than MAX_AMOUNT."""
        return cls.model_construct(low=low, likely=likely, high=high)


def between(low: float, high: float, strictly_above: bool = False) -> Callable[[Any], Any]:
    """A check that a number, or all of an estimate, lies from low to high; raises PydanticCustomError."""

    def check(given: Any) -> Any:
        lowest, highest = (given.low, given.high) if isinstance(given, Estimate) else (given, given)
        if lowest < low or highest > high or (strictly_above and lowest <= low):
            outside = lowest if lowest < low or (strictly_above and lowest <= low) else highest
            raise broken("out_of_range", value=outside, low=low, high=high)
        return given

    return check


Name = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Share = Annotated[Estimate, AfterValidator(between(0, 1))]
NotNegative = Annotated[Estimate, AfterValidator(between(0, MAX_AMOUNT))]
Number = Annotated[float, BeforeValidator(_number)]
Amount = Annotated[Number, AfterValidator(between(0, MAX_AMOUNT))]
Signed = Annotated[Number, AfterValidator(between(-MAX_AMOUNT, MAX_AMOUNT))]
Spend = Annotated[Number, AfterValidator(between(0, MAX_AMOUNT, strictly_above=True))]
