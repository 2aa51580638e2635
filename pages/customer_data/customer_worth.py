"""What the customers of the data are worth, on the Data page and as evidence on the pages of the dimensions."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.customer_data import data_study, which_columns
from pages.customer_data.data_study import Evidence, Kept
from pages.frame import jobs, session
from pages.frame.fields import typed
from pages.frame.show import show
from pages.frame.tabs import tabs
from pages.frame.why import term_help
from strategy import charts
from strategy.customers.study import Purchases
from strategy.customers.value.acting import MOST_A_YEAR
from strategy.customers.value.worth import MoneyTerms, Worth, value
from strategy.dimensions.customer_evidence import worth_of
from strategy.dimensions.selection import AddressList
from strategy.errors import PlannerError
from strategy.words.wording import Wording, markdown_text

MANY_ONCE = 0.15
"""Share of customers who bought once from which it has to be said what the model cannot tell of them."""
FIRST = {
    "response": 0.05, "cost": 1.0, "addresses": 10_000.0, "joins": 0.01, "contact": 1.0, "saved": 0.1, "more": 0.02,
}  # fmt: skip
"""What the fields show before anybody types."""
SHARES = ("response", "joins", "saved", "more")


def study() -> Evidence | None:
    """The evidence that the plan keeps, else that of the file that is here; None where there is neither."""
    kept, here = session.plan().evidence, data_study.now()
    if kept is not None and not (here.evidence and here.plan == session.kept().token):
        return Evidence(kept.file, kept.currency, worth_of(kept), kept.bought_once, kept.last, kept.day)
    return here.evidence


def wording() -> Wording:
    """The reader's language with the currency of the data."""
    found = study()
    return Wording(session.language(), found.currency if found else session.plan().case.currency)


# Results -------------------------------------------------------------------------------------------------------------


def results(kept: Kept, asked: MoneyTerms) -> Worth | None:
    """The value of the customers, computed once per study and terms; kept for the other pages."""
    folder, found = kept.brought.folder.path / str(kept.number), kept.measured
    inside = folder / f"{asked.margin}_{asked.discount}_{asked.years}"
    label = session.say().text("Valuing every customer")
    worth = jobs.result(
        "data_worth", str(inside), lambda _, told: value(found, asked, inside, told), session.plan(), label
    )
    if worth is not None:
        currency = which_columns.currency_of_data(found.report.currency)
        data_study.change(evidence=Evidence(kept.brought.name, currency, worth, bought_once(kept)))
        result: Worth = worth
        return result
    return None


def bought_once(kept: Kept) -> int:
    """Customers who bought once, where they are many and the model cannot tell whether they left; else 0."""
    model = kept.measured.model
    if not isinstance(model, Purchases) or model.purchasing.model != "bg_nbd":
        return 0
    once = model.customers - model.repeaters
    return once if once > MANY_ONCE * model.customers else 0


def about_once() -> None:
    """What BG/NBD cannot tell of customers who bought once, where they are many."""
    found, say = study(), wording()
    if found and found.bought_once:
        st.caption(
            say.text(
                "{once} of {customers} customers bought once. The model (BG/NBD) lets customers leave only after a "
                "repeat purchase, so it cannot tell whether these left and counts all of them as still there. Their "
                "value only counts how rarely such customers buy again.",
                once=say.people(found.bought_once),
                customers=say.people(found.worth.customers),
            )
        )


def finding(worth: Worth, say: Wording) -> None:
    """What matters most: what all are worth, and which share of them brings most of it."""
    words = {
        "count": say.people(worth.customers),
        "total": markdown_text(say.short_money(worth.total)),
        "span": markdown_text(say.span(worth.low, worth.high, say.short_money)),
    }
    if worth.contracts:
        told = say.text("The {count} contracts that run are worth {total} together (90% between {span}).", **words)
    else:
        told = say.text("Your {count} customers are worth {total} together (90% between {span}).", **words)
    if worth.total > 0:
        so_far = worth.deciles.cumsum() / worth.total
        tenths = int((so_far < 0.5).sum()) + 1
        told += " " + say.text(
            "The most valuable {part} of them bring {share} of it.",
            part=say.percent(tenths / 10, 0),
            share=say.percent(float(so_far[tenths - 1]), 0),
        )
    st.markdown(f"##### {told}")


def headline(worth: Worth, say: Wording) -> None:
    """Customers, their value with its interval, and what a new one may cost."""
    one, two, three, four = st.columns(4)
    one.metric(
        say.text("Contracts that run") if worth.contracts else say.text("Customers in the data"),
        say.short_number(worth.customers),
        say.text("{count} expected to renew", count=say.short_number(worth.still))
        if worth.contracts
        else say.text("{count} expected still to be there", count=say.short_number(worth.still)),
        delta_color="off",
        delta_arrow="off",
    )
    two.metric(
        say.text("Worth together"),
        say.short_money(worth.total),
        say.text("90% between {span}", span=say.span(worth.low, worth.high, say.short_money)),
        delta_color="off",
        delta_arrow="off",
        help=say.text("What all of them will turn out to bring, by chance and by doubt on the model."),
    )
    three.metric(say.text("Worth each"), say.short_money(worth.total / worth.customers), help=term_help("clv", say))
    four.metric(
        say.text("A new customer may cost"),
        say.short_money(worth.new),
        say.text("{first} in its first period", first=say.short_money(worth.first))
        if worth.contracts
        else say.text("{first} at the first purchase", first=say.short_money(worth.first)),
        delta_color="off",
        delta_arrow="off",
    )


def views(worth: Worth, say: Wording) -> None:
    """The questions that values answer, one at a time."""
    pages: dict[str, Callable[[], None]] = {
        say.text("Who is valuable"): profitable,
        say.text("Who may leave"): risk_of_leaving,
        say.text("Whom to win back"): reactivate,
        say.text("What a new customer may cost"): new_customer,
        **({say.text("The most valuable"): lambda: _top(worth, say)} if worth.top else {}),
    }
    tabs("data_worth", pages)


def _top(worth: Worth, say: Wording) -> None:
    people = worth.top
    often = say.text("Renewals") if worth.contracts else say.text("Repeat purchases")
    chance = say.text("Chance to renew") if worth.contracts else say.text("Chance to be a customer still")
    together = sum(person.clv for person in people)
    title = say.text(
        "The {count} most valuable are worth {amount} together, {share} of all value",
        count=say.number(len(people)),
        amount=markdown_text(say.short_money(together)),
        share=say.percent(together / worth.total if worth.total > 0 else 0.0, 0),
    )
    st.markdown(f"##### {title}")
    st.dataframe(
        pd.DataFrame(
            {
                say.text("Customer"): [person.customer[:60] for person in people],
                often: [say.number(person.frequency) for person in people],
                say.text("Spend each time"): [say.money(person.mean_spend) for person in people],
                chance: [say.percent(person.p_alive, 0) for person in people],
                say.text("Value"): [say.money(person.clv) for person in people],
                say.text("90% between"): [say.span(person.low, person.high, say.short_money) for person in people],
            }
        ),
        hide_index=True,
        key="data_top",
    )


# Evidence ------------------------------------------------------------------------------------------------------------


def _evidence() -> tuple[Worth, Wording] | None:
    """The study; where there is none, where to bring the data."""
    found, say = study(), wording()
    if found:
        return found.worth, say
    where = say.text("Bring the purchases or contracts of your customers, and their evidence stands here.")
    st.info(where, icon=":material/database:")
    st.page_link("data.py", label=say.text("Bring customer data"), icon=":material/arrow_forward:")
    return None


def whom_to_serve() -> None:
    """The evidence on client selection: who is profitable, and what a new customer may cost."""
    if study():
        profitable()
        new_customer()
    else:
        _evidence()


def whom_to_protect() -> None:
    """The evidence on value protection: who may leave, and whom to win back."""
    if study():
        risk_of_leaving()
        reactivate()
    else:
        _evidence()


def profitable() -> None:
    """The whale curve over the customers of the data."""
    if found := _evidence():
        show(lambda: charts.value_by_tenth(*found), "data_whale")


def risk_of_leaving() -> None:
    """Worth against the chance to be a customer still."""
    found = _evidence()
    if not found:
        return
    worth, say = found
    show(lambda: charts.staying_and_value(*found), "data_risk")
    st.caption(
        say.text("The thirds rank contracts by what each would be worth if it were certainly renewed next time.")
        if worth.contracts
        else say.text(
            "The thirds rank customers by what each would be worth if certainly a customer still, so that who may "
            "have left is not ranked low for that."
        )
    )
    about_once()


def reactivate() -> None:
    """Whom to win back: value gained against the cost of contacting."""
    found = _evidence()
    if not found:
        return
    worth, say = found
    left, right = st.columns([1, 3], gap="medium")
    with left:
        back = say.text("Share of those contacted that comes back")
        cost_field("response", back, say.percent(cost_given("response"), None), say)
        cost_field("cost", say.text("Cost of a contact"), say.money(cost_given("cost")), say)
        st.caption(
            say.text("Ended contracts, each worth what a new contract at its price is worth.")
            if worth.contracts
            else say.text(
                "Per customer: the chance of having left, times what the customer would be worth if certainly back."
            )
        )
    with right:
        show(lambda: charts.win_back(worth.back, cost_given("response"), cost_given("cost"), say), "data_back")


def new_customer() -> None:
    """The most that a new customer may cost, and what a list of addresses is worth at that."""
    found = _evidence()
    if not found:
        return
    worth, say = found
    words = {"new": markdown_text(say.money(worth.new)), "first": markdown_text(say.money(worth.first))}
    later = markdown_text(say.money(worth.new - worth.first))
    title = say.text("A new customer may cost at most {new}", **words)
    st.markdown(f"##### {title}")
    st.markdown(
        say.text(
            "{first} margin in its first period, and {later} from the renewals expected to follow, discounted.",
            later=later,
            **words,
        )
        if worth.contracts
        else say.text(
            "{first} margin at the first purchase, and {later} from what is expected to follow, discounted.",
            later=later,
            **words,
        )
    )
    left, right = st.columns([1, 2], gap="medium")
    with left:
        cost_field("addresses", say.text("Addresses on a list"), say.people(cost_given("addresses")), say)
        cost_field("joins", say.text("Share that becomes a customer"), say.percent(cost_given("joins"), None), say)
        cost_field("contact", say.text("Cost to reach one address"), say.money(cost_given("contact")), say)
    with right:
        bought = AddressList(cost_given("addresses"), cost_given("joins"), cost_given("contact"), worth.new, 0.0)
        amount = markdown_text(say.short_money(max(bought.worth, 0.0)))
        title = say.text("Such a list is worth at most {amount}", amount=amount)
        st.markdown(f"##### {title}")
        formula = say.text(
            "{addresses} × {joins} × {value} − {addresses} × {contact} = {worth}",
            addresses=say.people(cost_given("addresses")),
            joins=say.percent(cost_given("joins"), None),
            value=say.money(worth.new),
            contact=say.money(cost_given("contact")),
            worth=say.money(bought.worth),
        )
        st.caption(markdown_text(formula), help=term_help("address_list", say))


def cost_given(name: str) -> float:
    """What was typed of costs and shares, else what the field shows first."""
    return float({**FIRST, **data_study.now().costs}[name])


def cost_field(name: str, label: str, shown: str, say: Wording, place: str = "data") -> None:
    """A field of what acting costs or does; `place` keeps apart fields of the same number on one page."""

    def take(text: str) -> None:
        number = say.parse_number(text)
        most = 1.0 if name in SHARES else MOST_A_YEAR
        if not 0 <= number <= most:
            raise PlannerError("out_of_range", place=label, value=number, low=0, high=most)
        data_study.change(costs={**data_study.now().costs, name: number})

    typed(label, data_study.key(f"{place}_{name}"), shown, take, live=True)
