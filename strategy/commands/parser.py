"""What can be typed: the commands and their options. What a command needs is imported when it runs."""

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from strategy.commands.arguments import COLUMNS, amounts, annual_rate, count, counting, day, money, share
from strategy.commands.refusals import refused
from strategy.customers import SEED

DISCOUNT = 0.10


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2 and one line."""
        raise SystemExit(refused(f"{self.prog}: {message}; see --help"))


def command_line() -> argparse.ArgumentParser:
    """The commands with their options; `run` of what was parsed does the work."""
    parser = _Parser(prog="python -m strategy", description="CRM strategy: spend, customers, customer equity.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    plan = "case or plan file (JSON)"
    simulated = _command(commands, "simulate", _simulate, "what a plan comes to beside today's", what=plan)
    _scenario(simulated)
    simulated.add_argument(
        "--spend",
        help="JSON file {segment: {lever: money per period}}, or phases of it; the file's own without it",
    )
    _initiatives(simulated)
    _draws(simulated)

    optimised = _command(commands, "optimize", _optimize, "the best split of a budget", what=plan)
    _scenario(optimised)
    optimised.add_argument("--budget", type=money, help="money per period; the file's own without it")
    optimised.add_argument("--at-most", action="store_true", help="the budget need not be spent")
    optimised.add_argument("--limits", help="JSON file of cells, levers, locked")
    optimised.add_argument("--aversion", type=share, help="weight of the worst 5 %% of draws, 0 to 1")
    optimised.add_argument("--choose-initiatives", action="store_true", help="choose initiatives too")
    optimised.add_argument("--phases", help="first periods of phases, such as 1,3: the best path over time")
    optimised.add_argument(
        "--cash",
        action="store_true",
        help="the budget limits what is paid in every period, one-off costs at once; without it initiatives count at"
        " the present value of their costs, spread over all periods",
    )
    _initiatives(optimised)
    _draws(optimised)

    curve = _command(commands, "budget-curve", _budget_curve, "the best split at a range of budgets")
    curve.add_argument("--from", dest="low", type=money, required=True, help="smallest budget per period")
    curve.add_argument("--to", dest="high", type=money, required=True, help="largest budget per period")
    curve.add_argument("--points", type=count(2, 500), required=True, help="how many budgets")
    _initiatives(curve)

    rows = "transactions or contracts: CSV, Excel or Parquet"
    value_arguments(_command(commands, "value", _value, "what customers are worth", "file", rows))
    case_arguments(_command(commands, "case", _case, "a case from customer data", "file", rows))
    list_arguments(_command(commands, "lists", _lists, "whom to win back, keep, upgrade and let go", "file", rows))
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


def _scenario(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", default="", help="id of the scenario of a plan; the one shown without it")


def _draws(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--draws", type=count(1, 100_000), help="how many draws from the beliefs")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), help="makes the draws reproducible")


# About a case --------------------------------------------------------------------------------------------------------


def _simulate(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.plans import simulate

    return simulate(given)


def _optimize(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.plans import optimize

    return optimize(given)


def _budget_curve(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.plans import budget_curve

    return budget_curve(given)


# About customer data -------------------------------------------------------------------------------------------------


def _value(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.customers import value

    return value(given)


def _case(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.customers import case

    return case(given)


def _lists(given: argparse.Namespace) -> dict[str, Any]:
    from strategy.commands.lists import action_lists

    return action_lists(given)


def value_arguments(parser: argparse.ArgumentParser) -> None:
    """What `value` takes."""
    _data_arguments(parser)
    parser.add_argument("--horizon", type=count(1, 10_000), help="units looked ahead; without end if left out")
    parser.add_argument("--margin", type=share, help="share of revenue that is left; 1 if left out: CLV is revenue")
    parser.add_argument("--discount", type=annual_rate, default=DISCOUNT, help="annual discount rate, 0.10")
    parser.add_argument("--out", help="file for one row per customer: .csv or .parquet")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), default=SEED, help="makes the bands reproducible")


def case_arguments(parser: argparse.ArgumentParser) -> None:
    """What `case` takes."""
    _data_arguments(parser)
    parser.add_argument("--segments", required=True, help="a column of the file, or rfm, clv, risk")
    parser.add_argument("--out", required=True, help="case file to write")
    parser.add_argument("--name", help="of the case; the file's own if left out")
    parser.add_argument("--horizon", type=count(1, 120), help="periods of the case; 5 years if left out")
    parser.add_argument("--margin", type=share, help="gross margin as a share; 0.5, to be confirmed, if left out")
    parser.add_argument("--discount", type=annual_rate, default=DISCOUNT, help="annual discount rate, 0.10")
    parser.add_argument("--cost-to-serve", type=money, help="money per customer and period")
    parser.add_argument("--spend", type=amounts, default={}, help="today's, such as acquire=900000,retain=500000")
    parser.add_argument("--seed", type=count(0, 2**32 - 1), default=SEED, help="makes the ranges reproducible")


def list_arguments(parser: argparse.ArgumentParser) -> None:
    """What `lists` takes; what is left out is what the Data page shows first."""
    _data_arguments(parser)
    parser.add_argument("--list", choices=("reactivate", "keep", "upgrade", "let_go"), help="the list to write")
    parser.add_argument("--out", help="file for one row per customer of the list: .csv, .xlsx or .parquet")
    parser.add_argument("--segments", help="a column of the file, or rfm, clv, risk; as the page if left out")
    parser.add_argument("--plan", help="plan whose answers on focus and keeping count for segments of the same names")
    parser.add_argument("--margin", type=share, default=0.4, help="share of revenue that is left, 0.4")
    parser.add_argument("--discount", type=annual_rate, default=DISCOUNT, help="annual discount rate, 0.10")
    parser.add_argument("--years", type=count(1, 100), default=5, help="years looked ahead, 5")
    parser.add_argument("--contact-cost", type=money, default=1.0, help="money for approaching a customer, 1")
    parser.add_argument("--response", type=share, default=0.05, help="share of those contacted that comes back, 0.05")
    parser.add_argument("--saved", type=share, default=0.10, help="share of leavers that a contact keeps, 0.10")
    parser.add_argument("--more", type=share, default=0.02, help="extra bought after a contact, 0.02")
    parser.add_argument("--cost-to-serve", type=money, default=0.0, help="money per customer and year, 0")
    parser.add_argument("--language", choices=("en", "nl"), default="en", help="of the words in the file")


def _data_arguments(parser: argparse.ArgumentParser) -> None:
    for column in COLUMNS:
        parser.add_argument(f"--{column}", help=f"column with the {column}; guessed if left out")
    parser.add_argument("--as", dest="kind", choices=("transactions", "contracts"), help="what the file holds")
    parser.add_argument("--period", choices=("year", "quarter", "month"), help="between renewals; guessed if left out")
    parser.add_argument(
        "--where", type=counting, action="append", default=[], help="which values of a column count: Status=paid,done"
    )
    parser.add_argument("--sheet", help="sheet of a workbook; all that have equal headings if left out")
    parser.add_argument("--date-format", help="how dates are written, such as DD-MM-YYYY; decided from all if left out")
    parser.add_argument("--per-purchase", type=money, help="what each (a contract: a period) brings if no column says")
    parser.add_argument("--keep-copies", action="store_true", help="lines that equal another are purchases too")
    parser.add_argument("--decimal", choices=(",", "."), help="sign before the cents; decided from all if left out")
    parser.add_argument("--as-is", action="store_true", help="nothing is left out or joined that was not asked for")
    parser.add_argument("--unit", choices=("day", "week", "month"), default="day", help="purchases within it are one")
    parser.add_argument(
        "--until",
        type=day,
        help="last day that the models see; what is later checks them",
    )
    parser.add_argument("--model", choices=("bg_nbd", "pareto_nbd", "best"), default="bg_nbd")
    parser.add_argument("--exclude", default="", help="product codes that are no purchases, separated by commas")
    parser.add_argument("--zero-amounts", action="store_true", help="a line of 0 is a purchase too")
    parser.add_argument("--currency", help="the one to keep where a file mixes them; ISO 4217")
    parser.add_argument("--engine", default="", help="address of a Spark cluster; this computer if left out")
