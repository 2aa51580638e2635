"""Do the tests notice? Small faults put into a copy of the code one by one, each with the tests that should fail.

`python tests/trials/mutations.py` prints for every mutation whether it was killed or survived; words behind it choose
those whose name or module holds one of them. `--no-check` leaves out the run of the tests on the code as it is. Exit
code 1 where one survived, 2 where the table does not fit the code any more.
"""

import argparse
import os
import shlex
import shutil
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time

import pytest

LIBRARIES = ("numpy", "scipy.optimize", "scipy.special", "pandas", "plotly.graph_objects", "pydantic", "babel.numbers",
             "pyarrow.parquet", "openpyxl", "streamlit.testing.v1", "narwhals")  # fmt: skip
"""What most tests load: loaded once, before the processes that run them part."""
QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
OUTPUT, BROKEN = "output.txt", 70
ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
"""Seconds for the tests of one mutation: what does not end by then is noticed too."""
LEFT_OUT = (".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "docs")

MODULES = {
    "address_list": "strategy/dimensions/selection.py",
    "best": "pages/money/best.py",
    "bridge": "strategy/customers/value/bridge.py",
    "budget chart": "strategy/charts/money/budget.py",
    "certainty chart": "strategy/charts/money/certainty.py",
    "checks": "strategy/coherence/checks.py",
    "contract value": "strategy/customers/value/contract_value.py",
    "contracts": "strategy/customers/models/contracts.py",
    "customer columns": "strategy/exports/customer_columns.py",
    "division": "strategy/allocation/division.py",
    "doubts": "strategy/customers/cleaning/doubts.py",
    "explain": "strategy/equity/one_euro.py",
    "happenings": "strategy/equity/happenings.py",
    "headline": "pages/money/headline.py",
    "history": "strategy/plan/history.py",
    "information": "strategy/allocation/information.py",
    "jobs": "pages/frame/jobs.py",
    "lifetime": "strategy/equity/lifetime.py",
    "limits": "strategy/allocation/limits.py",
    "moves": "strategy/plan/moves.py",
    "moves chart": "strategy/charts/money/moves.py",
    "operations": "strategy/dimensions/operations.py",
    "opinions": "strategy/plan/opinions.py",
    "over time chart": "strategy/charts/money/over_time.py",
    "pricing": "strategy/dimensions/pricing.py",
    "readouts": "strategy/equity/readouts.py",
    "response": "strategy/equity/curves.py",
    "results": "strategy/plan/results.py",
    "room": "strategy/allocation/room.py",
    "rules": "strategy/coherence/rules.py",
    "segmentation": "strategy/dimensions/segmentation.py",
    "segmenting": "strategy/customers/value/segmenting.py",
    "segments": "strategy/customers/value/segments.py",
    "spreadsheet": "strategy/words/spreadsheet.py",
    "strategy page": "strategy/exports/strategy_page.py",
    "tracking": "strategy/customers/models/tracking.py",
    "uncertainty": "strategy/equity/uncertainty.py",
    "value": "strategy/customers/value/value.py",
    "wording": "strategy/words/wording.py",
}
"""Where the code stands that mutations change."""


@dataclass(frozen=True)
class Mutation:
    """A fault: in a module of MODULES the text `old`, which stands there once, becomes `new`.

    tests  what pytest is called with, as on a command line
    """

    name: str
    module: str
    old: str
    new: str
    tests: str


JOBS = "tests/pages/test_jobs.py"

FIRST: tuple[Mutation, ...] = (
    Mutation(
        "a competence two points ahead is not ahead",
        "checks",
        "scores[first] < scores[second] + FAR_AHEAD",
        "scores[first] <= scores[second] + FAR_AHEAD",
        "tests/coherence/test_coherence_edges.py -k competence_ahead",
    ),
    Mutation(
        "a lever with a tenth of the money needs no owner",
        "checks",
        "share >= 0.1 and",
        "share > 0.1 and",
        "tests/coherence/test_coherence_edges.py -k nobody_responsible",
    ),
    Mutation(
        "a goal missed by a point is not missed",
        "checks",
        "goal > 100 * float(kept[n]) + 0.5",
        "goal > 100 * float(kept[n]) + 1.5",
        "tests/coherence/test_coherence_edges.py -k retention_goal_missed",
    ),
    Mutation(
        "a customer's band forgets the time value",
        "value",
        "worth_time = -np.expm1(-force * active) / force if force else active",
        "worth_time = active",
        "tests/customers/test_bands.py -k customer",
    ),
    Mutation(
        "the waterfall's words take today for the plan",
        "budget chart",
        "        today=say.short_money(today),\n        plan=say.short_money(plan),\n        parts=",
        "        today=say.short_money(plan),\n        plan=say.short_money(today),\n        parts=",
        "tests/charts/test_chart_words.py -k waterfall",
    ),
    Mutation(
        "the printed split takes today for the plan",
        "moves chart",
        "for a, b in zip(today, plan, strict=True)]\n    longest",
        "for a, b in zip(plan, today, strict=True)]\n    longest",
        "tests/exports/test_export_figures.py -k money_is_printed",
    ),
    Mutation(
        "typing in another field is the same step",
        "history",
        "if arguments.get(TYPING) and arguments[TYPING] == dict(self.now.arguments).get(TYPING) and self.past:",
        "if arguments.get(TYPING) and dict(self.now.arguments).get(TYPING) and self.past:",
        "tests/pages/test_typing.py -k step",
    ),
    Mutation(
        "a job that nobody waits for any more runs on",
        "jobs",
        "        before.leave(me)\n",
        "        before.watchers.pop(me, None)\n",
        JOBS,
    ),
    Mutation(
        "drift forgets the boundaries of the first day",
        "segmenting",
        "grouped(later, way, ahead, first.cuts)",
        "grouped(later, way, ahead)",
        "tests/customers/test_drift.py",
    ),
)
"""Those that once survived."""

EQUITY = "tests/equity/test_simulation.py"
READOUTS = "tests/equity/test_readouts.py"
RESULTS = "tests/plan/test_results.py"
UNCERTAINTY = "tests/equity/test_uncertainty.py"
OPTIMIZE = "tests/allocation/test_best_split.py -k 'limit or lock or avers or prudent or worst'"
SEGMENTS = "tests/customers/test_segments.py"
VALUE = "tests/customers/test_value.py"

OTHERS: tuple[Mutation, ...] = (
    # the model
    Mutation(
        "discounting starts a period late",
        "lifetime",
        "(np.arange(case.horizon) + case.timing)",
        "(np.arange(case.horizon) + 1 + case.timing)",
        EQUITY,
    ),
    Mutation(
        "an initiative's running cost stops nothing after the plan",
        "happenings",
        "isinstance(event, Initiative) and event.per_period > 0",
        "isinstance(event, Initiative) and False",
        EQUITY,
    ),
    Mutation(
        "values flow back along the wrong axis of migration",
        "lifetime",
        "else value @ migration.T",
        "else value @ migration",
        EQUITY,
    ),
    Mutation(
        "rates are not clipped at 1",
        "happenings",
        "return np.minimum(floored, 1) if metric in RATES else floored",
        "return floored",
        EQUITY,
    ),
    Mutation(
        "carryover and new spend change places",
        "response",
        "carryover * stock + (1 - carryover) * spend",
        "(1 - carryover) * stock + carryover * spend",
        "tests/equity/test_curves.py tests/equity/test_simulation.py",
    ),
    Mutation(
        "onboarding brings money in when a euro is followed",
        "explain",
        "welcomed = -given.onboarding_cost[0]",
        "welcomed = given.onboarding_cost[0]",
        "tests/equity/test_one_euro.py",
    ),
    # read-outs and how sure they are
    Mutation("money is back a period early", "readouts", "int(behind[-1]) + 2", "int(behind[-1]) + 1", READOUTS),
    Mutation(
        "what does not pay is funded", "readouts", "funded = multiple > 1 and", "funded = multiple > 0.5 and", READOUTS
    ),
    Mutation(
        "acquire cost forgets welcoming",
        "readouts",
        "float(spent / bought + onboarding[s])",
        "float(spent / bought)",
        READOUTS,
    ),
    Mutation(
        "PERT leans the wrong way",
        "uncertainty",
        "a, b = 1 + 4 * (likely - low) / spread, 1 + 4 * (high - likely) / spread",
        "b, a = 1 + 4 * (likely - low) / spread, 1 + 4 * (high - likely) / spread",
        UNCERTAINTY,
    ),
    Mutation(
        "the tornado names the lowest person as the highest",
        "uncertainty",
        "at = (uplift[rows].argmin(), uplift[rows].argmax())",
        "at = (uplift[rows].argmax(), uplift[rows].argmin())",
        UNCERTAINTY,
    ),
    Mutation(
        "no-regret money is what one draw in ten gives",
        "information",
        "np.quantile(np.array(splits), REGRET_SHARE, axis=0)",
        "np.quantile(np.array(splits), 1 - REGRET_SHARE, axis=0)",
        "tests/allocation/test_information.py",
    ),
    # what is kept by its key
    Mutation(
        "draws of another seed are taken for these",
        "results",
        'return ("outlook", *split_of(plan), plan.draws, plan.seed)',
        'return ("outlook", *split_of(plan), plan.draws)',
        RESULTS,
    ),
    Mutation(
        "a best split without aversion is taken for one with it",
        "results",
        "plan.choose_initiatives, plan.cash, plan.aversion, plan.draws",
        "plan.choose_initiatives, plan.cash, plan.draws",
        RESULTS,
    ),
    # dividing and limits
    Mutation(
        "a lock may lie above its limit",
        "limits",
        "not bounds[0] <= amount <= bounds[1]",
        "not bounds[0] <= amount",
        OPTIMIZE,
    ),
    Mutation(
        "aversion weighs the mean",
        "division",
        "(1 - aversion) * mean + aversion * tail",
        "aversion * mean + (1 - aversion) * tail",
        OPTIMIZE,
    ),
    Mutation(
        "a division may exceed its total",
        "room",
        "(totals <= self.total + slack) & ",
        "",
        "tests/allocation/test_search.py",
    ),
    # the plan
    Mutation(
        "a lever's total forgets what is locked",
        "moves",
        "max(0.0, total - held)",
        "max(0.0, total)",
        "tests/plan/test_plan.py",
    ),
    Mutation(
        "half of the room is most of it",
        "opinions",
        "* 2 > len(room) else 1",
        "* 2 >= len(room) else 1",
        "tests/dimensions/test_evidence_edges.py -k half",
    ),
    # dimensions
    Mutation(
        "who comes to a split segment comes to both parts alike",
        "segmentation",
        "[[row[at] * share, row[at] * (1 - share)]]",
        "[[row[at] / 2, row[at] / 2]]",
        "tests/dimensions/test_segmentation.py",
    ),
    Mutation(
        "a price rise keeps customers",
        "pricing",
        '"add": -price.leave}',
        '"add": price.leave}',
        "tests/pages/test_value_realization.py",
    ),
    Mutation(
        "a mailing earns its own cost",
        "address_list",
        "return self.new_customers * self.gain - self.mailing",
        "return self.new_customers * self.gain + self.mailing",
        "tests/pages/test_client_selection.py",
    ),
    Mutation(
        "a hand-over works where one of two rows says so",
        "operations",
        "np.fmin(matrix[place]",
        "np.fmax(matrix[place]",
        "tests/dimensions/test_evidence_edges.py -k over",
    ),
    # thresholds
    Mutation(
        "a score of 2 is not weak",
        "checks",
        "if score <= WEAK else None",
        "if score < WEAK else None",
        "tests/coherence/test_coherence_edges.py -k customization_weak",
    ),
    Mutation(
        "the weakest of 2 is not weak",
        "checks",
        "scores[weak] > WEAK",
        "scores[weak] >= WEAK",
        "tests/coherence/test_coherence_edges.py -k trust_weak",
    ),
    Mutation(
        "a need of importance 4 is not important",
        "checks",
        'row["importance"] >= STRONG',
        'row["importance"] > STRONG',
        "tests/coherence/test_coherence_edges.py -k behind_in_focus",
    ),
    Mutation(
        "who wants to stay at 2 is no captive",
        "checks",
        "must >= STRONG and wants <= WEAK",
        "must >= STRONG and wants < WEAK",
        "tests/coherence/test_coherence_edges.py -k must_stay",
    ),
    Mutation(
        "a cycle with a step of 4 has no strong one",
        "checks",
        "default=0) >= STRONG",
        "default=0) > STRONG",
        "tests/coherence/test_coherence_edges.py -k broken_cycle",
    ),
    Mutation(
        "focus that gets as much gets least",
        "checks",
        "per_customer(least) >= per_customer(most)",
        "per_customer(least) > per_customer(most)",
        "tests/coherence/test_coherence_edges.py -k focus_gets_least",
    ),
    Mutation(
        "a bond of 4 is not close",
        "rules",
        '"primary", 0) >= STRONG',
        '"primary", 0) > STRONG',
        "tests/coherence/test_coherence_edges.py -k close_but",
    ),
    Mutation(
        "a twentieth that was not understood is much",
        "doubts",
        "unread > MANY * rows",
        "unread >= MANY * rows",
        "tests/customers/test_findings.py -k many_unread",
    ),
    Mutation(
        "a silence of sixty days is short",
        "doubts",
        "gaps[widest] < LONGEST_GAP",
        "gaps[widest] <= LONGEST_GAP",
        "tests/customers/test_findings.py -k long_gap",
    ),
    Mutation(
        "a miss within chance is poor",
        "tracking",
        "poor = miss > LARGEST_MISS and abs(foretold - bought) > spread",
        "poor = miss > LARGEST_MISS",
        "tests/customers/test_findings.py -k poor_tracking",
    ),
    Mutation(
        "as many endings as needed are few",
        "contracts",
        "0 < ended < FEWEST_ENDINGS",
        "0 < ended <= FEWEST_ENDINGS",
        "tests/customers/test_findings.py -k few_endings",
    ),
    # customers
    Mutation(
        "purchases lose the time value of their first period",
        "value",
        "factors = (1 + terms.discount) ** (1 - ahead)",
        "factors = (1 + terms.discount) ** -ahead",
        VALUE,
    ),
    Mutation(
        "a parting purchase is not discounted",
        "value",
        "bought * average + np.exp(-force * leaves)",
        "bought * average + 1.0",
        "tests/customers/test_bands.py -k leaves",
    ),
    Mutation(
        "the first renewal of a new contract is paid today",
        "contract value",
        "(1 + renewals / (1 + terms.discount))",
        "(1 + renewals)",
        "tests/customers/test_bands.py -k contract",
    ),
    Mutation(
        "renewals to come are not discounted in bands",
        "contract value",
        "    if discount == 0:\n        return renewals",
        "    if discount >= 0:\n        return renewals",
        "tests/customers/test_bands.py -k contract",
    ),
    Mutation("the whale swims backwards", "segments", "np.sort(value)[::-1]", "np.sort(value)", SEGMENTS),
    Mutation(
        "a customer on a boundary of value is in the better tenth",
        "segments",
        'np.searchsorted(bounds, value, side="left")',
        'np.searchsorted(bounds, value, side="right")',
        "tests/dimensions/test_evidence_edges.py -k boundary",
    ),
    Mutation(
        "a case's equity forgets what is spent",
        "bridge",
        "kept - after + spent, after",
        "kept - after, after",
        "tests/customers/test_bridge.py",
    ),
    # charts, exports, wording
    Mutation(
        "the words of money over time take the plan for today",
        "over time chart",
        "plan=course.short(course.plan[-1])",
        "plan=course.short(course.today[-1])",
        "tests/charts/test_chart_words.py -k over_time",
    ),
    Mutation(
        "the words of the budget's size take today for the plan",
        "budget chart",
        "plan=say.short_money(plan[0]),\n        plan_equity=say.short_money(plan[1]),\n    )\n    if inside",
        "plan=say.short_money(today[0]),\n        plan_equity=say.short_money(today[1]),\n    )\n    if inside",
        "tests/charts/test_chart_words.py -k budget_size",
    ),
    Mutation(
        "the words of the moves take today for the plan",
        "moves chart",
        "today=say.short_money(today.sum() / phases),",
        "today=say.short_money(plan.sum() / phases),",
        "tests/charts/test_chart_words.py -k money_moves",
    ),
    Mutation(
        "the tornado's words have low for high",
        "certainty chart",
        'f" {label}: {write(pair[0])} ({_end',
        'f" {label}: {write(pair[1])} ({_end',
        "tests/charts/test_chart_words.py -k tornado",
    ),
    Mutation(
        "the page's customers of now are those of the end",
        "strategy page",
        "count=say.short_number(float(opening))",
        "count=say.short_number(float(customers))",
        "tests/exports/test_export_figures.py -k screen",
    ),
    Mutation(
        "rows of customers call the low end the high end",
        "customer columns",
        '"clv_p05": (N_("Value, low end"), N_("In 5 of 100 cases it turns out lower.")',
        '"clv_p05": (N_("Value, high end"), N_("In 5 of 100 cases it turns out higher.")',
        "tests/exports/test_export_figures.py -k 'csv or workbook'",
    ),
    Mutation(
        "an at sign starts a formula",
        "spreadsheet",
        r'r"^[=+\-@\t\r]"',
        r'r"^[=+\-\t\r]"',
        "tests/customers/test_cleaning.py -k 'formula'",
    ),
    Mutation(
        "names in charts are markup",
        "wording",
        "return html.escape(line, quote=False)",
        "return line",
        "tests/words/test_wording.py",
    ),
    # pages
    Mutation(
        "work that is stopped goes on", "jobs", "if self.stopped or self._abandoned():", "if self._abandoned():", JOBS
    ),
    Mutation(
        "a tile's uplift is the better mix",
        "headline",
        'say.text("{uplift} against today", uplift=say.signed_short_money(readouts.uplift))',
        'say.text("{uplift} against today", uplift=say.signed_short_money(readouts.better_mix))',
        "tests/pages/test_page_figures.py -k headline",
    ),
    Mutation(
        "the table of the best split has today in the plan's column",
        "best",
        "[say.short_money(plan.lever_total(lever)) for lever in LEVER_CODES]",
        "[say.short_money(sum(s[lever] for s in today.values())) for lever in LEVER_CODES]",
        "tests/pages/test_page_figures.py -k best_split",
    ),
)
"""Over all of strategy/ and pages/: signs, periods, units, axes, today and plan, keys of caches, filters, escapes."""

ALL = FIRST + OTHERS


def misfits(mutations: Sequence[Mutation], root: Path) -> list[str]:
    """What in the table does not fit the code: a module that is not there, a text that does not stand in it once."""
    found = []
    for mutation in mutations:
        path = root / MODULES[mutation.module]
        times = path.read_text(encoding="utf-8").count(mutation.old) if path.is_file() else 0
        if times != 1:
            found.append(f"{mutation.name}: {MODULES[mutation.module]} holds {mutation.old!r} {times} times")
    return found


class Tree:
    """A copy of the code in which tests run."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self._written = 0
        self.passes = cache(self._passes)

    def write(self, path: str, text: str) -> None:
        """Write a module; each time later than before by seconds, so that no compiled one of before is taken."""
        target = self.root / path
        target.write_text(text, encoding="utf-8")
        self._written += 2
        os.utime(target, times=(time(), time() + self._written))

    def _passes(self, tests: str) -> bool:
        """Whether the tests pass as the tree stands, in a process of their own that has the libraries already.

        Raises RuntimeError where they do not even run.
        """
        child = os.fork()
        if not child:
            try:
                os._exit(_tested(self.root, shlex.split(tests)))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(BROKEN)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return False
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 1):
            told = (self.root / OUTPUT).read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"pytest {tests} ended with {code}:\n{told}")
        return code == 0

    def survives(self, mutation: Mutation) -> bool:
        """Whether the mutation's tests pass with it."""
        path = MODULES[mutation.module]
        whole = (ROOT / path).read_text(encoding="utf-8")
        self.write(path, whole.replace(mutation.old, mutation.new))
        try:
            return self._passes(mutation.tests)
        finally:
            self.write(path, whole)


def _tested(root: Path, arguments: list[str]) -> int:
    """Run pytest in this process, in a tree, for no longer than LONGEST; its exit code."""
    signal.alarm(LONGEST)
    os.chdir(root)
    with open(OUTPUT, "w", encoding="utf-8") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
        return int(pytest.main(["-q", "-x", "--no-header", "--tb=short", *QUIET, *arguments]))


def main() -> int:
    """Try the mutations, or those that are named."""
    parser = argparse.ArgumentParser(description="Small faults put into a copy of the code: do the tests notice?")
    parser.add_argument("words", nargs="*", help="only mutations whose name or module holds one of these")
    parser.add_argument("--no-check", action="store_true", help="do not run the tests on the code as it is first")
    asked = parser.parse_args()
    chosen = [m for m in ALL if not asked.words or any(word in f"{m.name} {m.module}" for word in asked.words)]
    if wrong := misfits(chosen, ROOT):
        print("\n".join(wrong), file=sys.stderr)
        return 2
    for library in LIBRARIES:
        import_module(library)
    survived = 0
    with TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        for mutation in chosen:
            if not asked.no_check and not tree.passes(mutation.tests):
                print(f"the tests fail without a mutation: {mutation.tests}", file=sys.stderr)
                return 2
            began = monotonic()
            alive = tree.survives(mutation)
            survived += alive
            verdict = "survived" if alive else "killed"
            print(f"{verdict:9} {monotonic() - began:5.1f} s  {mutation.module}: {mutation.name}", flush=True)
    print(f"{survived} of {len(chosen)} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    raise SystemExit(main())
