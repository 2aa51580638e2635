"""Lists to act on: whom to win back, keep, upgrade and let go, each with its reason and what acting is to bring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from strategy.case.estimate import MAX_AMOUNT
from strategy.customers.models.likelihood import Array
from strategy.customers.value.segments import NAMELESS, Grouping
from strategy.customers.value.worth import ended_beside
from strategy.errors import PlannerError

Act = Literal["reactivate", "keep", "upgrade", "let_go"]
ACTS: tuple[Act, ...] = ("reactivate", "keep", "upgrade", "let_go")
Why = Literal["gone", "leaving", "staying", "costs_more", "not_chosen"]
WHYS: tuple[Why, ...] = ("gone", "leaving", "staying", "costs_more", "not_chosen")
"""Why a customer is on a list; a list has one reason, but for letting go, which has two."""
EVEN = 0.5
"""The chance to be a customer still below which somebody counts as gone."""
NO_LIST = -1
MOST_A_YEAR = MAX_AMOUNT
"""The most that a contact, or serving a customer for a year, may cost."""
NORMAL_90 = 1.6448536269514722
"""Standard deviations from the middle to the ends between which nine in ten lie."""
FIRST = ("customer", "segment_code", "why", "gain")
"""Columns that stand first on a list."""
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Effort:
    """What acting costs and does.

    contact  money for approaching one customer
    back     share of those approached who come back, 0 to 1
    saved    share of those who would leave and stay because they are approached, 0 to 1
    more     by how much those approached buy more, a share of what they bring, 0 to 1
    serve    money that serving a customer costs a year, where known
    """

    contact: float = 1.0
    back: float = 0.05
    saved: float = 0.10
    more: float = 0.02
    serve: float = 0.0

    def __post_init__(self) -> None:
        for place, value, high in (
            ("contact_cost", self.contact, MOST_A_YEAR), ("response", self.back, 1.0), ("saved", self.saved, 1.0),
            ("more", self.more, 1.0), ("cost_to_serve", self.serve, 12 * MOST_A_YEAR),
        ):  # fmt: skip
            if not 0 <= value <= high:
                raise PlannerError("out_of_range", place=place, value=value, low=0, high=high)


@dataclass(frozen=True)
class Choice:
    """What the strategy says of a segment: answers to `focus` and `keep`, None where not answered."""

    focus: str | None = None
    keep: str | None = None


@dataclass(frozen=True)
class ActionList:
    """Who is on a list, most expected gain first.

    customers  how many
    gain       money that acting on all of them is expected to bring, contacts paid; of letting go: cost to serve that
               is saved next year, less the margin that goes with it
    low, high  between which that turns out in 90 of 100 cases, if the effort does what it supposes
    cost       of approaching them
    rows       Parquet: a row each, with `why`, `gain`, and what the file and the models say of the customer
    """

    act: Act
    customers: int
    gain: float
    low: float
    high: float
    cost: float
    rows: Path


def lists(
    customers: Path,
    contracts: bool,
    grouping: Grouping,
    chosen: Mapping[str, Choice],
    effort: Effort,
    folder: Path,
    total: tuple[float, float] | None = None,
) -> tuple[ActionList, ...]:
    """A list per act of ACTS, written in the folder; a customer is on the one that brings most, or on none.

    Of a segment that is not chosen everybody is let go; nobody is won back or kept where leaving is let be, only who is
    worth more than its middle customer where the best are kept, and nobody is upgraded where it is only served on. Then
    who brings less next year than serving costs is let go, and an effort is made where it brings more than the contact.
    What an effort brings: the share that it moves x what is expected to be lost (for upgrading: x the value of who
    stays) - a contact.

    customers  Parquet: a row per customer with what it is worth (of contracts: of those that run)
    contracts  whether they are contracts; those that ended lie beside
    grouping   of the customers, in their order
    chosen     {segment code: what the strategy says of it}
    total      between what bounds the value of all customers turns out (90 %): what of it chance does not explain is
               doubt on the models, and all customers of a list share it
    """
    rows = pq.read_table(customers)
    doubt = _shared_doubt(rows, total)
    said = [chosen.get(code, Choice()) for code in grouping.codes]
    act, why, gain = _running(rows, grouping, said, effort, contracts)
    chance = _chance(rows, act, effort, contracts)
    parts = [_listed(rows, act, why, gain, chance, grouping)]
    if contracts:
        parts.append(_ended(customers, effort))
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_written(number, name, parts, effort, folder, doubt) for number, name in enumerate(ACTS))


def _running(
    rows: pa.Table, grouping: Grouping, said: Sequence[Choice], effort: Effort, contracts: bool
) -> tuple[Numbers, Numbers, Array]:
    """Of each customer the list (NO_LIST for none), the reason and the gain, (customers,)."""
    alive, clv, kept = (rows[name].to_numpy().astype(float) for name in ("p_alive", "clv", "worth_if_kept"))
    place = grouping.place
    gone = np.zeros(len(alive), bool) if contracts else alive < EVEN
    lost = (1 - alive) * kept
    bar = _middles(kept, grouping, said)[place]
    holding = ~_those(said, place, lambda choice: choice.keep == "let_go") & (kept >= bar)
    growing = ~_those(said, place, lambda choice: choice.focus == "serve")
    never = np.full(len(alive), -np.inf)
    gains = np.stack([
        np.where(gone & holding, effort.back * lost - effort.contact, never),
        np.where(~gone & holding, effort.saved * lost - effort.contact, never),
        np.where(~gone & growing, effort.more * clv - effort.contact, never),
    ])  # fmt: skip
    act, gain = gains.argmax(axis=0), gains.max(axis=0)
    act = np.where(gain > 0, act, NO_LIST)
    served = effort.serve * (np.ones(len(alive)) if contracts else alive)
    saved = served - rows["margin_next_year"].to_numpy().astype(float)
    unchosen = _those(said, place, lambda choice: choice.focus == "no")
    leave = unchosen | (saved > 0)
    act = np.where(leave, ACTS.index("let_go"), act)
    reason = np.where(unchosen, WHYS.index("not_chosen"), act)
    return act, reason, np.where(leave, saved, gain)


def _chance(rows: pa.Table, act: Numbers, effort: Effort, contracts: bool) -> tuple[Array, Array]:
    """What acting moves of each customer's value as expected, and the variance of what comes of it, (customers,) each.

    Whether somebody comes back or stays is a matter of chance, and so is what such a customer then brings.
    """
    alive, clv, kept = (rows[name].to_numpy().astype(float) for name in ("p_alive", "clv", "worth_if_kept"))
    spread = _spread(rows)
    relative = np.divide(spread, clv, out=np.zeros_like(clv), where=clv > 0)
    shares = np.select([act == 0, act == 1], [effort.back, effort.saved], 0.0) * (1 - alive)
    moved = np.where(act == ACTS.index("upgrade"), effort.more * clv, shares * kept)
    variance = shares * kept**2 * (1 + relative**2) - moved**2
    variance = np.where(act == ACTS.index("upgrade"), (effort.more * spread) ** 2, variance)
    going = act == ACTS.index("let_go")
    margin = rows["margin_next_year"].to_numpy().astype(float)
    serving = 0.0 if contracts else effort.serve**2 * alive * (1 - alive)
    return np.where(going, margin, moved), np.where(going, (relative * margin) ** 2 + serving, variance)


def _spread(rows: pa.Table) -> Array:
    """The standard deviation of each customer's value; 0 where nothing is known of it."""
    if "clv_p05" not in rows.column_names:
        return np.zeros(len(rows))
    low, high = (rows[name].to_numpy().astype(float) for name in ("clv_p05", "clv_p95"))
    return np.asarray((high - low) / (2 * NORMAL_90))


def _shared_doubt(rows: pa.Table, total: tuple[float, float] | None) -> float:
    """Doubt on the models, as a share of value: what the spread of the total has beside that of its customers."""
    value = float(np.sum(rows["clv"].to_numpy()))
    if total is None or value <= 0:
        return 0.0
    whole = (total[1] - total[0]) / (2 * NORMAL_90)
    return float(np.sqrt(max(whole**2 - float(np.sum(_spread(rows) ** 2)), 0.0))) / value


def _those(said: Sequence[Choice], place: Numbers, holds: Callable[[Choice], bool]) -> NDArray[np.bool_]:
    chosen: NDArray[np.bool_] = np.array([holds(choice) for choice in said], bool)[place]
    return chosen


def _middles(kept: Array, grouping: Grouping, said: Sequence[Choice]) -> Array:
    """The worth from which customers are kept, per segment: its middle one's where only the best are."""
    return np.array([
        float(np.median(kept[grouping.place == at])) if choice.keep == "some" and grouping.sizes[at] else -np.inf
        for at, choice in enumerate(said)
    ])  # fmt: skip


def _listed(
    rows: pa.Table, act: Numbers, why: Numbers, gain: Array, chance: tuple[Array, Array], grouping: Grouping
) -> pa.Table:
    segments = pa.array(grouping.codes, pa.string()).take(pa.array(grouping.place))
    made = {"act": pa.array(act), "why": pa.array(why), "gain": pa.array(gain), "segment_code": segments}
    made |= {"moved": pa.array(chance[0]), "variance": pa.array(chance[1])}
    for name, values in made.items():
        rows = rows.append_column(name, values)
    return rows


def _ended(customers: Path, effort: Effort) -> pa.Table:
    """Contracts that ended, to win back where a new one is worth the contact; they are in no segment any more."""
    rows = pq.read_table(ended_beside(customers))
    kept = rows["worth_if_kept"].to_numpy().astype(float)
    gain = effort.back * kept - effort.contact
    chance = effort.back * kept, effort.back * (1 - effort.back) * kept**2
    act = np.where(gain > 0, ACTS.index("reactivate"), NO_LIST)
    nowhere = Grouping((NAMELESS,), np.zeros(len(gain), np.intp))
    return _listed(rows, act, np.zeros(len(gain), np.intp), gain, chance, nowhere)


def _written(
    number: int, act: Act, parts: Sequence[pa.Table], effort: Effort, folder: Path, doubt: float
) -> ActionList:
    chosen = [part.filter(pa.array(part["act"].to_numpy() == number)).drop_columns(["act"]) for part in parts]
    rows = pa.concat_tables(chosen, promote_options="default").sort_by([("gain", "descending")])
    moved, variance = (float(np.sum(rows[name].to_numpy())) for name in ("moved", "variance"))
    rows = rows.drop_columns(["moved", "variance"])
    rows = rows.select([*FIRST, *(name for name in rows.column_names if name not in FIRST)])
    path = folder / f"{act}.parquet"
    pq.write_table(rows, path)
    cost = 0.0 if act == "let_go" else effort.contact * len(rows)
    gain = float(np.sum(rows["gain"].to_numpy()))
    reach = NORMAL_90 * float(np.sqrt(max(variance, 0.0) + (doubt * moved) ** 2))
    return ActionList(act, len(rows), gain, gain - reach, gain + reach, cost, path)
