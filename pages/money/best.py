"""The best split: what is searched for, how it was found, and taking it over."""

import streamlit as st

from pages.frame import session, widgets
from pages.money import best_path, found
from pages.money.lever_limits import ask_limits
from strategy.allocation.best_split import BestSplit, Binding
from strategy.case.levers import LEVER_CODES
from strategy.charts.drawing.labels import cell_label, place_label
from strategy.plan import moves, results
from strategy.plan.plan import Plan
from strategy.words.messages import LEVER_NAMES, how_found
from strategy.words.wording import N_, Wording, markdown_text

TAKEN_OVER = N_("best split taken over")
SEARCH = N_("search settings changed")
BINDING = {
    "budget": N_("the budget"),
    "locked": N_("{place} is locked at {amount}"),
    "cell_minimum": N_("{place} gets at least {amount}"),
    "cell_maximum": N_("{place} gets at most {amount}"),
    "lever_minimum": N_("{place} gets at least {amount} over all segments"),
    "lever_maximum": N_("{place} gets at most {amount} over all segments"),
}


def panel() -> None:
    """Search settings, the best split found within them, and a button that takes over what is shown.

    The division comes at once; the refined split takes its place when it is found.
    """
    plan, say = session.plan(), session.say()
    _settings(plan, say)
    if plan.phased:
        best_path.panel(plan, say)
        return
    best = found.searched(
        plan,
        say,
        say.text("Searching the best split…"),
        (results.divided_key(plan), results.divided),
        (results.best_key(plan), results.best),
    )
    if best is None:
        return

    def headline(uplift: str, equity: str) -> str:
        return say.text(
            "#### The best split earns {uplift} against today: {equity} of customer equity",
            uplift=uplift,
            equity=equity,
        )

    found.told(headline, best.readouts, _table(plan, best, say), say)
    found.offered(best.spend, best.initiatives, TAKEN_OVER, say)
    for sentence in explained(plan, best, say):
        st.markdown(f"- {sentence}")
    st.caption(how_found(best.method, best.draws, best.finalists, say))


def _settings(plan: Plan, say: Wording) -> None:
    with st.container(horizontal=True):
        for setting, label in (
            ("at_most", say.text("Leave money unspent where it does not pay")),
            ("choose_initiatives", say.text("Choose initiatives too")),
        ):
            key = widgets.put(setting, getattr(plan, setting))
            st.checkbox(label, key=key, on_change=_switch, args=(setting, key))
        key = widgets.put("cash", plan.cash)
        st.checkbox(
            say.text("The budget limits the cash paid {per_period}", per_period=say.per(plan.case.period)),
            key=key,
            on_change=_limit_cash,
            args=(key,),
            help=say.text(
                "Off: what an initiative costs once is spread over the whole plan. On: it is paid when it begins, and "
                "leaves the levers less."
            ),
        )
    key = widgets.put("aversion", plan.aversion)
    st.slider(
        say.text("Weight of the worst 5% of what may happen"),
        0.0,
        1.0,
        step=0.1,
        key=key,
        format="percent",
        on_change=lambda: session.change(
            SEARCH, moves.set_search(session.plan(), aversion=min(1.0, max(0.0, float(widgets.held(key)))))
        ),
        help=say.text("0%: the most likely outcome counts. Above: a split that also holds when beliefs disappoint."),
    )
    limits = st.expander(say.text("Limits per lever"), key="lever_limits", on_change="rerun", type="compact")
    if limits.open:
        with limits:
            _lever_limits(plan, say)


def _switch(setting: str, key: str) -> None:
    session.change(SEARCH, moves.set_search(session.plan(), **{setting: bool(widgets.held(key))}))


def _limit_cash(key: str) -> None:
    session.change(SEARCH, moves.set_cash(session.plan(), bool(widgets.held(key))))


def _lever_limits(plan: Plan, say: Wording) -> None:
    for lever in LEVER_CODES:
        ask_limits(plan, lever, *st.columns(2), say)


def _table(plan: Plan, best: BestSplit, say: Wording) -> dict[str, list[str]]:
    """Today, plan and best per lever, as people read them."""
    today = plan.case.today
    totals = {
        say.text("Lever"): [say.text(LEVER_NAMES[lever]) for lever in LEVER_CODES],
        say.text("Today"): [say.short_money(sum(s[lever] for s in today.values())) for lever in LEVER_CODES],
        say.text("Plan"): [say.short_money(plan.lever_total(lever)) for lever in LEVER_CODES],
        say.text("Best split"): [say.short_money(sum(s[lever] for s in best.spend.values())) for lever in LEVER_CODES],
    }
    return totals


def explained(plan: Plan, best: BestSplit, say: Wording) -> list[str]:
    """Why it is this split: what binds, what is left, what gets nothing; Markdown sentences."""
    case = plan.case
    sentences = _next_step(plan, best, say)
    if best.unspent > 0:
        left = markdown_text(say.short_money(best.unspent))
        sentences.append(say.text("{amount} stays unspent: no place brings back more than it costs.", amount=left))
    bound = [_bound(plan, binding, say) for binding in best.binding]
    if bound:
        sentences.append(say.text("What holds it back: {limits}.", limits="; ".join(bound)))
    for cell in best.nothing[:4]:
        place = markdown_text(cell_label(case.segment(cell.best.segment), cell.best.lever, say))
        step = cell.first_paying
        if step is None:
            sentences.append(say.text("{place} gets nothing: no step within the budget pays there.", place=place))
        else:
            amount, multiple = (markdown_text(t) for t in (say.short_money(step.amount), say.multiple(step.multiple)))
            sentences.append(
                say.text(
                    "{place} gets nothing: the smallest step that pays is {amount} ({multiple}), but elsewhere it "
                    "brings more.",
                    place=place,
                    amount=amount,
                    multiple=multiple,
                )
            )
    return sentences


def _next_step(plan: Plan, best: BestSplit, say: Wording) -> list[str]:
    """Where one more step earns most after this split: what the headline says once it is taken over."""
    step = results.next_step(moves.take_over(plan, best.spend, best.initiatives))
    if step is None:
        return []
    words = {
        "place": markdown_text(place_label(plan.case, step, say)),
        "multiple": markdown_text(say.multiple(step.multiple)),
    }
    sentence = say.text("The next euro would then earn most in {place}: {multiple}.", **words)
    if step.initiative and not plan.choose_initiatives:
        why = say.text("The search left initiatives as they are: “Choose initiatives too” lets it take them.")
        sentence = f"{sentence} {why}"
    return [sentence]


def _bound(plan: Plan, binding: Binding, say: Wording) -> str:
    if binding.limit == "budget":
        return say.text(BINDING["budget"])
    lever = say.text(LEVER_NAMES[str(binding.lever)])
    place = cell_label(plan.case.segment(binding.segment), str(binding.lever), say) if binding.segment else lever
    return say.text(
        BINDING[binding.limit], place=markdown_text(place), amount=markdown_text(say.short_money(binding.amount))
    )
