"""The same work without a screen: `python -m strategy COMMAND`, JSON on standard output."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import Any, NoReturn

from strategy.allocation.best_split import Goal, best_split
from strategy.allocation.budget_curve import budget_curve
from strategy.allocation.limits import Limits, room_for
from strategy.allocation.phased_split import PhasedSplit, phased_split
from strategy.allocation.split_file import initiatives_from, limits_from, phase_starts_from, phased_spend_from
from strategy.case.case import Case
from strategy.case.case_file import read_case, read_json
from strategy.case.levers import LEVER_CODES
from strategy.commands.arguments import count, money, share
from strategy.commands.customers import case, case_arguments, value, value_arguments
from strategy.equity.curves import Array
from strategy.equity.parameters import set_aside
from strategy.equity.readouts import Readouts, read_out
from strategy.equity.uncertainty import DRAWS, SEED, outlook
from strategy.errors import PlannerError
from strategy.unforeseen import kept
from strategy.words.messages import explain, how_found
from strategy.words.wording import Wording, printable

ENGLISH = Wording("en")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2 and one line."""
        raise SystemExit(_refused(f"{self.prog}: {message}; see --help"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with one line: bad input, or what nobody foresaw. Nobody reading on is no failure."""
    try:
        return _run(arguments)
    except Exception as error:
        return _refused(f"python -m strategy: this failed in a way nobody foresaw ({_said(error)}; {kept(error)})")


def _run(arguments: Sequence[str] | None) -> int:
    try:
        given = _parser().parse_args(arguments)
    finally:
        _told("")  # what --help says, while it can still be said that it did not arrive
    try:
        answer = given.run(given)
    except PlannerError as error:
        return _refused(f"{error.fields.get('file', given.file)}: {explain(error, ENGLISH)}")
    _told(json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return 0


def _told(text: str) -> None:
    """Write to standard output, now; whoever read it may have gone, as `head` does after its lines.

    What could not be written goes nowhere: Python writes what is left once more when it ends, and would fail again.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise


def _said(error: Exception) -> str:
    """What an error says of itself, in short."""
    return f"{type(error).__name__}: {error}"[:200] if str(error) else type(error).__name__


def _refused(line: str) -> int:
    print(printable(line), file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m strategy", description="CRM strategy: spend, customers, customer equity.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    simulated = _command(commands, "simulate", _simulate, "what a plan comes to beside today's")
    simulated.add_argument(
        "--spend", help="JSON file {segment: {lever: money per period}}, or phases of it; today's without it"
    )
    _initiatives(simulated)
    _draws(simulated)

    optimised = _command(commands, "optimize", _optimize, "the best split of a budget")
    optimised.add_argument("--budget", type=money, help="money per period; the case's own without it")
    optimised.add_argument("--at-most", action="store_true", help="the budget need not be spent")
    optimised.add_argument("--limits", help="JSON file of cells, levers, locked")
    optimised.add_argument("--aversion", type=share, help="weight of the worst 5 %% of draws, 0 to 1")
    optimised.add_argument("--choose-initiatives", action="store_true", help="choose initiatives too")
    optimised.add_argument("--phases", help="first periods of phases, such as 1,3: the best path over time")
    _initiatives(optimised)
    _draws(optimised)

    curve = _command(commands, "budget-curve", _budget_curve, "the best split at a range of budgets")
    curve.add_argument("--from", dest="low", type=money, required=True, help="smallest budget per period")
    curve.add_argument("--to", dest="high", type=money, required=True, help="largest budget per period")
    curve.add_argument("--points", type=count(2, 500), required=True, help="how many budgets")
    _initiatives(curve)

    rows = "transactions or contracts: CSV, Excel or Parquet"
    value_arguments(_command(commands, "value", value, "what customers are worth", "file", rows))
    case_arguments(_command(commands, "case", case, "a case from customer data", "file", rows))
    return parser


def _command(
    commands: Any,
    name: str,
    run: Callable[..., Any],
    summary: str,
    reads: str = "case",
    what: str = "case file (JSON)",
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.add_argument("file", metavar=reads, help=what)
    parser.set_defaults(run=run)
    return parser


def _initiatives(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--initiatives", default="", help="ids of the chosen initiatives, separated by commas")


def _draws(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--draws", type=count(1, 100_000), help="how many draws from the beliefs")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), default=SEED, help="makes the draws reproducible")


# Commands ------------------------------------------------------------------------------------------------------------


def _simulate(given: argparse.Namespace) -> dict[str, Any]:
    case = read_case(_content(given.file))
    spend = _from_file(given.spend, lambda found: phased_spend_from(case, found)) if given.spend else case.today
    chosen = initiatives_from(case, _ids(given.initiatives))
    readouts = read_out(case, spend, chosen)
    answer = {
        "customer_equity": readouts.customer_equity,
        "residual": float(readouts.plan.residual[0, 0]),
        "uplift": readouts.uplift,
        "more_money": readouts.more_money,
        "better_mix": readouts.better_mix,
        "cash": readouts.plan.cash[0, 0].tolist(),
        "customers": readouts.plan.customers[0, 0].tolist(),
        "clv": dict(zip(case.segment_ids, readouts.plan.clv[0, 0, 0].tolist(), strict=True)),
        "clv_net": dict(zip(case.segment_ids, readouts.plan.clv_net[0, 0, 0].tolist(), strict=True)),
        "cac": dict(zip(case.segment_ids, readouts.cac, strict=True)),
        "marginal_return": _phase_returns(case, readouts),
        "attribution": readouts.attribution,
        "payback_period": readouts.payback_period,
    }
    if given.draws:
        sure = outlook(case, [(spend, chosen)], given.draws, given.seed)
        answer["uncertainty"] = {name: float(values[1]) for name, values in vars(sure.customer_equity).items()}
        answer["uncertainty"]["probability_better_than_today"] = float(sure.better[1, 0])
    return {**answer, **_set_aside(case)}


def _optimize(given: argparse.Namespace) -> dict[str, Any]:
    case = read_case(_content(given.file))
    limits = _from_file(given.limits, lambda found: _limits(case, found, given)) if given.limits else Limits()
    draws = given.draws or (DRAWS if given.aversion else 0)
    goal = Goal(draws, given.seed, given.aversion or 0.0)
    chosen = initiatives_from(case, _ids(given.initiatives))
    wanted = (given.budget, limits, given.at_most, goal, chosen, given.choose_initiatives)
    if given.phases:
        starts = phase_starts_from(case, [int(part) if part.isdecimal() else part for part in _ids(given.phases)])
        return {**_phased(case, phased_split(case, starts, *wanted)), **_set_aside(case)}
    best = best_split(case, *wanted)
    return {
        "spend": best.spend,
        "initiatives": list(best.initiatives),
        "unspent": best.unspent,
        "customer_equity": best.readouts.customer_equity,
        "uplift": best.readouts.uplift,
        "marginal_return": _phase_returns(case, best.readouts),
        "binding": [vars(binding) for binding in best.binding],
        "nothing": [
            {"best_step": vars(cell.best), "first_paying_step": vars(cell.first_paying) if cell.first_paying else None}
            for cell in best.nothing
        ],
        "method": how_found(best.method, best.draws, best.finalists, ENGLISH),
        "proven": None,
        **_set_aside(case),
    }


def _phased(case: Case, best: PhasedSplit) -> dict[str, Any]:
    """The answer of `optimize --phases`: lists with an entry for each phase."""
    return {
        "spend": [{"from": phase.start, "spend": phase.spend} for phase in best.phases],
        "initiatives": list(best.initiatives),
        "unspent": list(best.unspent),
        "customer_equity": best.readouts.customer_equity,
        "uplift": best.readouts.uplift,
        "marginal_return": [_returns(case, rows) for rows in best.readouts.phase_returns],
        "binding": [
            {"from": phase.start, **vars(limit)}
            for phase, limits in zip(best.phases, best.binding, strict=True)
            for limit in limits
        ],
        "method": how_found("phases", best.draws, best.finalists, ENGLISH),
        "proven": None,
    }


def _limits(case: Case, document: Any, given: argparse.Namespace) -> Limits:
    """The limits of a file, which must leave room in the budget."""
    limits = limits_from(case, document)
    room_for(case, case.planned_budget if given.budget is None else given.budget, limits, given.at_most)
    return limits


def _budget_curve(given: argparse.Namespace) -> dict[str, Any]:
    case = read_case(_content(given.file))
    chosen = initiatives_from(case, _ids(given.initiatives))
    curve = budget_curve(case, given.low, given.high, given.points, chosen)
    return {
        "points": [
            {"budget": budget, "customer_equity": equity}
            for budget, equity in zip(curve.budgets.tolist(), curve.customer_equity.tolist(), strict=True)
        ],
        "break_even_budget": curve.break_even,
    }


def _phase_returns(case: Case, readouts: Readouts) -> Any:
    """One mapping where the spend is the same in every period, else a list of one per phase."""
    phases = [_returns(case, rows) for rows in readouts.phase_returns]
    return phases if len(phases) > 1 else phases[0]


def _returns(case: Case, rows: Array) -> dict[str, dict[str, float | None]]:
    return {
        segment: {code: None if isnan(value) else value for code, value in zip(LEVER_CODES, row, strict=True)}
        for segment, row in zip(case.segment_ids, rows.tolist(), strict=True)
    }


def _set_aside(case: Case) -> dict[str, list[dict[str, str]]]:
    """The opinions that gave no curve, where there are any."""
    rows = [
        {"segment": segment, "lever": lever, "by": problem.fields["place"], "why": explain(problem, ENGLISH)}
        for segment, lever, problem in set_aside(case)
    ]
    return {"set_aside": rows} if rows else {}


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise PlannerError("no_file", place="file", value=reason, file=path) from None


def _from_file(path: str, read: Callable[[Any], Any]) -> Any:
    """What `read` makes of a JSON file; its errors name that file."""
    try:
        return read(read_json(_content(path)))
    except PlannerError as error:
        raise PlannerError(error.code, **{"file": path, **error.fields}) from None


if __name__ == "__main__":
    sys.exit(main())
