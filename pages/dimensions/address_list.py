"""What a list of addresses that we can write to is worth, and the list as an initiative."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.frame import session, trouble, widgets
from pages.frame.fields import attempt, typed
from pages.frame.why import term_help
from strategy.dimensions.selection import AddressList, with_list
from strategy.errors import PlannerError
from strategy.plan import results
from strategy.plan.plan import set_case
from strategy.words.wording import N_, Wording, markdown_text

ADDED = N_("initiative {name} added")
FIRST: Mapping[str, float] = {"addresses": 10_000, "response": 0.01, "contact_cost": 1.0, "price": 2_500}
"""What the fields show before anybody types."""


def panel() -> None:
    """The list in four numbers, what it is worth, and a button that makes it an initiative."""
    say = session.say()
    names = session.segment_names()
    st.caption(
        say.text(
            "Counted with the open case, {case}: what a customer of a segment is worth in the plan, less the cost of "
            "welcoming.",
            case=markdown_text(session.plan().case.name),
        )
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        shown = say.text("People on it would become customers of")
        segment = st.selectbox(shown, list(names), key="list_segment", format_func=lambda code: names.get(code, code))
        _field("addresses", say.text("Addresses on the list"), lambda x: say.people(x), say)
        _field("response", say.text("Share that becomes a customer"), lambda x: say.percent(x, None), say)
        _field("contact_cost", say.text("Cost to reach one address"), lambda x: say.money(x), say)
        _field("price", say.text("Price asked for the list"), lambda x: say.money(x, 0), say)
    with right:
        _worth(segment, say)


def _inputs() -> dict[str, float]:
    return {**FIRST, **session.display("address_list", {})}


def _field(field: str, label: str, written: Callable[[float], str], say: Wording) -> None:
    def take(text: str) -> None:
        changed = {**_inputs(), field: say.parse_number(text)}
        if changed["price"] < 0:
            raise PlannerError("out_of_range", place=label, value=changed["price"], low=0, high=1e15)
        AddressList(changed["addresses"], changed["response"], changed["contact_cost"], 0.0, 0.0)
        session.show("address_list", changed)

    typed(label, f"list_{field}", written(_inputs()[field]), take, live=True)


def _list(segment: str) -> AddressList:
    plan, given = session.plan(), _inputs()
    case = plan.case
    value = results.read_out(plan).plan.clv_net[0, 0, 0, case.segment_ids.index(segment)]
    onboarding = case.segment(segment).onboarding_cost.likely
    return AddressList(given["addresses"], given["response"], given["contact_cost"], float(value), onboarding)


def _worth(segment: str, say: Wording) -> None:
    bought, price = _list(segment), _inputs()["price"]
    left = bought.worth - price
    needed = bought.break_even(price)
    title = (
        N_("The list is worth {worth}: {left} more than it costs")
        if left >= 0
        else N_("The list is worth {worth}: {left} less than it costs")
    )
    amounts = {"worth": markdown_text(say.short_money(bought.worth)), "left": markdown_text(say.short_money(abs(left)))}
    st.markdown(f"##### {say.text(title, **amounts)}", anchors=False, help=term_help("address_list", say))
    with st.container(horizontal=True):
        st.metric(say.text("Worth at most"), say.short_money(bought.worth), border=True)
        st.metric(say.text("New customers"), say.short_number(bought.new_customers), border=True)
        shown = say.text("never") if needed is None else say.percent(needed, 2)
        st.metric(say.text("Breaks even at"), shown, border=True)
    formula = say.text(
        "{addresses} addresses × {response} × ({value} − {onboarding} to welcome one) − {addresses} × {cost} = {worth}",
        addresses=say.people(bought.addresses),
        response=say.percent(bought.response, None),
        value=say.money(bought.value),
        onboarding=say.money(bought.onboarding_cost),
        cost=say.money(bought.contact_cost),
        worth=say.money(bought.worth),
    )
    st.caption(markdown_text(formula), help=term_help("clv", say))
    st.text_input(say.text("Name of the initiative"), key="list_name", max_chars=200)
    st.button(
        say.text("Add as an initiative"),
        key="add_list",
        icon=":material/add:",
        help=say.text(
            "Mailing and price at once, its new customers in the first period; choose it on the budget page."
        ),
        on_click=_add,
        args=(segment,),
    )
    trouble.complaint("add_list")


def _add(segment: str) -> None:
    plan, say = session.plan(), session.say()
    otherwise = say.text("Address list {segment}", segment=plan.case.segment(segment).name)[:200]
    name = str(widgets.held("list_name") or "").strip() or otherwise

    def added() -> None:
        case = with_list(plan.case, segment, name, _list(segment), _inputs()["price"])
        session.change(ADDED, set_case(plan, case), name=name)

    if attempt("add_list", added):
        st.toast(say.text("{name} stands among the initiatives on the budget page.", name=markdown_text(name)))
