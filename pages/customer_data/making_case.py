"""A case made of the segments of customer data, and how its customer equity follows from what they are worth."""

import streamlit as st

from pages.customer_data import data_study, file_report, which_columns
from pages.customer_data.data_study import Kept
from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from strategy.case.case import PERIODS_A_YEAR, Constant
from strategy.case.estimate import MAX_AMOUNT
from strategy.case.levers import LEVERS
from strategy.customers import SEED
from strategy.customers.study import Running
from strategy.customers.value.acting import MOST_A_YEAR
from strategy.customers.value.bridge import bridge
from strategy.customers.value.segmenting import Way, ahead_of, book_of, grouped
from strategy.customers.value.to_case import Setting, case_from_customers, measured_for, source_of
from strategy.customers.value.worth import MoneyTerms, Worth
from strategy.errors import PlannerError
from strategy.explanations.action_lists import segment_named as named
from strategy.plan.moves import begin
from strategy.plan.plan_file import file_name
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

PERIODS = {"year": N_("years"), "quarter": N_("quarters"), "month": N_("months")}
ROUNDING = 0.005
"""How far the case may lie from the worth above for both to be called the same."""


def make_case(kept: Kept, way: Way, terms: MoneyTerms, worth: Worth, say: Wording) -> None:
    """What the data do not say of a case, and the button that makes it."""
    model = kept.measured.model
    running = isinstance(model, Running)
    first, second, third = st.columns(3)
    with first:
        key = widgets.put(data_study.key("data_case_name"), _name(kept))
        st.text_input(say.text("Name"), key=key, max_chars=200, on_change=_keep, args=("name", key))
    with second:
        options = (model.period,) if isinstance(model, Running) else tuple(PERIODS)
        now = data_study.now().period
        key = widgets.put(data_study.key("data_case_period"), now if now in options else options[0])
        st.selectbox(
            say.text("Counted in"), options, key=key, format_func=lambda code: say.text(PERIODS[code]),
            on_change=_keep, args=("period", key), disabled=running,
        )  # fmt: skip
        per = say.per(widgets.held(key))
    with third:
        label = say.text("Cost to serve a customer {per_period} (leave 0 if unknown)", per_period=per)
        _amount("serve", label, say, MOST_A_YEAR / PERIODS_A_YEAR[widgets.held(key)])
    st.markdown(
        say.text(
            "What is spent today, if you know it. Where you leave 0, spending will not change anything in the plan "
            "until you say what it does."
        )
    )
    levers = [code for code, kind in LEVERS.items() if kind.needed]
    for column, lever in zip(st.columns(len(levers)), levers, strict=True):
        with column:
            label = say.text("{lever}, {per_period}", lever=say.text(LEVER_NAMES[lever]), per_period=per)
            _amount(lever, label, say)
    st.button(
        say.text("Make a case"), key="data_make_case", type="primary", icon=":material/account_balance:",
        on_click=_make, args=(kept, way, terms),
    )  # fmt: skip
    trouble.complaint("data_make_case")
    if data_study.now().made == session.plan().case.name:
        _made(kept, worth, say)


def _made(kept: Kept, worth: Worth, say: Wording) -> None:
    """The case that is open now: what it comes to and why, how far to trust it, and what to do next."""
    opened = say.text(
        "{name} is open, with the origin of every number. Undo brings back what was there.",
        name=markdown_text(session.plan().case.name),
    )
    with st.container(key="data_made"):
        st.success(f"{opened}\n\n{_bridge(worth, say)}", icon=":material/check_circle:")
        if kept.measured.trust != "trusted":
            st.warning(file_report.verdict(kept.measured, say), icon=":material/warning:")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                say.text("Download the plan"),
                session.plan().to_json(),
                file_name(session.plan(), session.today()),
                "application/json",
                key="download_made_plan",
                icon=":material/download:",
                on_click="ignore",
            )
            st.page_link("client_selection.py", label=say.text("To client selection"), icon=":material/arrow_forward:")
            st.page_link("budget.py", label=say.text("To the budget"), icon=":material/arrow_forward:")


def _bridge(worth: Worth, say: Wording) -> str:
    """From the worth above to the customer equity that the budget page shows."""
    case = session.plan().case
    money = Wording(say.language, case.currency)
    parts = bridge(case)

    def amount(value: float) -> str:
        return markdown_text(money.short_money(value))

    costs = [segment.levers["reduce_cost"] for segment in case.segments]
    serving = any(not isinstance(cost, Constant) or cost.constant.likely > 0 for cost in costs)
    horizon = say.period(case.period, case.horizon)
    if serving:
        first = N_("{amount} from today's customers in the next {horizon}: their worth less the cost to serve")
    elif abs(parts.within - worth.total) <= ROUNDING * abs(worth.total):
        first = N_("{amount} from today's customers in the next {horizon}: their worth above")
    else:
        first = N_("{amount} from today's customers in the next {horizon}, at the numbers of the case")
    lines = [say.text(first, amount=amount(parts.within), horizon=horizon)]
    lines += [
        say.text(told, amount=amount(value))
        for told, value in (
            (N_("{amount} more from the same customers after that"), parts.after),
            (N_("{amount} more from new customers who keep coming by themselves"), parts.newcomers),
            (N_("less {amount}, what is spent on marketing"), parts.spent),
        )
        if value
    ]
    total = say.text(
        "The budget page starts from its customer equity, **{equity}**, which adds up:",
        equity=amount(parts.equity),
    )
    return total + "\n\n" + "\n".join(f"- {line}" for line in lines)


def _name(kept: Kept) -> str:
    """What was typed, else the name of the file."""
    typed_in = data_study.now().name
    return kept.brought.name.rsplit(".", 1)[0] if typed_in is None else typed_in


def _keep(what: str, key: str) -> None:
    data_study.change(**{what: widgets.held(key)})


def _amount(name: str, label: str, say: Wording, most: float = MAX_AMOUNT) -> None:
    def take(text: str) -> None:
        number = say.parse_number(text) if text.strip() else 0.0
        if not 0 <= number <= most:
            raise PlannerError("out_of_range", place=label, value=number, low=0, high=most)
        data_study.change(amounts={**data_study.now().amounts, name: number})

    typed(label, data_study.key(f"data_case_{name}"), say.money(data_study.now().amounts.get(name, 0.0), 0), take)


def _make(kept: Kept, way: Way, terms: MoneyTerms) -> None:
    """The case of these segments opened as a plan; whatever is wrong is said, and what was there stays."""
    say, measured = session.say(), kept.measured
    study = data_study.now()
    given = study.amounts
    model = measured.model
    period = model.period if isinstance(model, Running) else study.period or "year"
    ahead = ahead_of(measured, terms, period)
    setting = Setting(
        name=_name(kept).strip() or say.text("Our firm"),
        currency=which_columns.currency_of_data(measured.report.currency),
        period=period,
        horizon=ahead.periods,
        discount_rate=terms.discount,
        gross_margin=terms.margin,
        cost_to_serve=given.get("serve") or None,
        spend={lever: given[lever] for lever in LEVERS if given.get(lever)},
    )

    def made() -> None:
        book = book_of(measured)
        segments = measured_for(book, grouped(book, way, ahead), setting, SEED)
        told = {code: named(code, way, say)[:200] for code in segments.codes}
        names = {code: name for code, name in told.items() if name != code}  # a value of the file is its own name
        case, origins = case_from_customers(segments, setting, source_of(kept.brought.name, book), names)
        session.open_plan(begin(case, origins).having(evidence=session.plan().evidence))
        data_study.change(made=case.name, plan=session.kept().token)

    attempt("data_make_case", made)
