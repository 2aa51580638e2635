"""The versions of a plan: to look at, to name, to restore, and to compare two of them."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.frame import old_version, place, session, trouble, widgets
from pages.frame.fields import attempt
from pages.frame.old_version import when
from pages.frame.show import show
from strategy import charts
from strategy.explanations.comparing import Told, step_name, told
from strategy.plan.compared.differences import differences
from strategy.plan.compared.equity_steps import EquitySteps, equity_steps
from strategy.plan.plan import Plan
from strategy.plan.plan_file import plan_from
from strategy.store import links, opened
from strategy.store.versions import Author, Version
from strategy.words.messages import LEVER_NAMES
from strategy.words.wording import N_, Wording, markdown_text

A_PAGE = 10
"""Versions that are listed at a time."""
MOST_ROWS = 60
"""Differences that are listed at most."""
KINDS = {
    "undo": N_("taken back: {change}"),
    "redo": N_("done again: {change}"),
    "aside": N_("not chosen, kept aside: {change}"),
}


def who(author: Author, say: Wording) -> str:
    """Who changed something: you, somebody by name, or somebody whose name nobody knows."""
    if author.identity and author.identity == place.author(session.identity()).identity:
        return say.text("you")
    return author.name or say.text("somebody else")


def phrase(version: Version, say: Wording) -> str:
    """What a version changed, in the reader's language as far as it is known in it."""
    try:
        arguments = {name: say.text(LEVER_NAMES.get(value, "")) or value for name, value in version.deed.arguments}
        change = say.text(version.deed.message, **arguments)
    except (KeyError, ValueError):
        change = version.deed.message
    if version.kind == "opened":
        return change or say.text("how it began")
    return say.text(KINDS[version.kind], change=change) if version.kind in KINDS else change


def versions() -> None:
    """The versions of the plan on the screen, read when somebody opens the list."""
    say = session.say()
    panel = st.expander(say.text("Versions of this plan"), key="versions", icon=":material/history:", on_change="rerun")
    if panel.open:
        with panel, trouble.part():
            _all(say)


def _all(say: Wording) -> None:
    here = session.kept()
    every = links.history(opened.database(), here.token) if here.kept else []
    if not every:
        st.markdown(say.text("Nothing was changed yet. Every change will stand here, to look at and to go back to."))
        return
    _list(every, say)


def _list(every: Sequence[Version], say: Wording) -> None:
    """A page of the list, the newest first, with what can be done with the one that is chosen."""
    newest = max(version.number for version in every if version.kind != "aside")
    named = any(version.name for version in every) and st.toggle(
        say.text("Only those with a name"),
        key=widgets.put("versions_named", session.display("versions named", False)),
        on_change=lambda: session.show("versions named", bool(widgets.held("versions_named"))),
    )
    listed = [version for version in reversed(every) if version.name or not named]
    page = min(session.display("versions page", 0), (len(listed) - 1) // A_PAGE)
    shown = {version.number: version for version in listed[page * A_PAGE : (page + 1) * A_PAGE]}
    now = session.display("version", newest)
    key = widgets.put("version_chosen", now if now in shown else next(iter(shown)))
    st.radio(
        say.text("Versions, the newest first"),
        list(shown),
        key=key,
        format_func=lambda number: _line(shown[number], number == newest, say),
        captions=[_caption(version, say) for version in shown.values()],
        on_change=lambda: session.show("version", widgets.held(key)),
    )
    _pages(page, len(listed), say)
    chosen = shown[widgets.held(key)]
    _deeds(chosen, newest, say)
    _comparing(chosen, every, newest, say)


def _line(version: Version, is_newest: bool, say: Wording) -> str:
    parts = [f"**{markdown_text(version.name)}**"] if version.name else []
    told = phrase(version, say)
    parts += [markdown_text(told[:1].upper() + told[1:])]
    return " · ".join(parts + ([say.text("now")] if is_newest else []))


def _caption(version: Version, say: Wording) -> str:
    return markdown_text(f"{when(version.at, say)} · {who(version.author, say)}")


def _pages(page: int, count: int, say: Wording) -> None:
    """Newer and older ones, where they do not fit one page."""
    if count <= A_PAGE:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        turn = partial(session.show, "versions page")
        st.button(say.text("Newer"), key="versions_newer", on_click=turn, args=(page - 1,), disabled=page == 0)
        last = (page + 1) * A_PAGE >= count
        st.button(say.text("Older"), key="versions_older", on_click=turn, args=(page + 1,), disabled=last)
        first, end = say.number(page * A_PAGE + 1), say.number(min((page + 1) * A_PAGE, count))
        st.caption(
            say.text("{first} to {last} of {count}", first=first, last=end, count=say.number(count)), width="content"
        )


def _deeds(chosen: Version, newest: int, say: Wording) -> None:
    """Look at it, restore it, name it."""
    here = session.kept()
    edits = here.rights == "edit" or here.pinned == "edit"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            say.text("Look at it"), key="look_at_version", icon=":material/visibility:",
            on_click=session.go_to, args=(here.token, chosen.number), disabled=chosen.number == newest,
        )  # fmt: skip
        if edits:
            st.button(
                say.text("Restore"), key="restore_version", icon=":material/history:",
                on_click=_restore, args=(chosen,), disabled=chosen.number == newest,
                help=say.text("It becomes the newest version; undo takes that back."),
            )  # fmt: skip
            key = widgets.put(f"version_name_{chosen.number}", chosen.name or "")
            st.text_input(
                say.text("Name of this version"), key=key, max_chars=200, on_change=_name, args=(chosen.number, key),
                help=say.text("A version with a name is kept for ever."),
            )  # fmt: skip
    trouble.complaint("versions")


def _restore(version: Version) -> None:
    attempt("versions", lambda: old_version.restored(version))


def _name(number: int, key: str) -> None:
    name = str(widgets.held(key) or "")
    attempt("versions", lambda: links.name_version(opened.database(), session.kept().token, number, name), name)


# Two versions --------------------------------------------------------------------------------------------------------


def _comparing(chosen: Version, every: Sequence[Version], newest: int, say: Wording) -> None:
    """The chosen version beside another: what differs, and what that did to customer equity."""
    others = {version.number: version for version in reversed(every) if version.number != chosen.number}
    if not others:
        return
    key = widgets.put(f"compare_with_{chosen.number}", _beside(chosen, others, newest))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            say.text("Compare it with"), list(others), key=key,
            format_func=lambda number: _short(others[number], number == newest, say),
        )  # fmt: skip
        pair = (session.kept().token, *sorted((chosen.number, widgets.held(key))))
        compared = session.display("compared", (None, None))
        st.button(
            say.text("Compare"),
            key="compare_versions",
            icon=":material/compare_arrows:",
            on_click=_compare,
            args=(pair,),
        )
    if compared[0] == pair:
        known = {**others, chosen.number: chosen}
        ends = tuple(_short(known[number], number == newest, say) for number in pair[1:])
        before, after, steps = compared[1]
        _compared((before, after), steps, (ends[0], ends[1]), say)


def _beside(chosen: Version, others: dict[int, Version], newest: int) -> int:
    """What a version is compared with at first: the newest, and that with the one before it."""
    if chosen.number != newest:
        return newest
    return chosen.before if chosen.before in others else next(iter(others))


def _short(version: Version, is_newest: bool, say: Wording) -> str:
    """A version in a few words."""
    moment = when(version.at, say)
    named = version.name or (say.text("now") if is_newest else phrase(version, say)[:60])
    return f"{named} ({moment})"


def _compare(pair: tuple[str, int, int]) -> None:
    def compared() -> None:
        token, *numbers = pair
        before, after = (plan_from(links.version(opened.database(), token, n).document) for n in numbers)
        session.show("compared", (pair, (before, after, equity_steps(before, after))))

    attempt("versions", compared)


def _compared(plans: tuple[Plan, Plan], steps: EquitySteps, ends: tuple[str, str], say: Wording) -> None:
    """What differs as a table, and the way from the one customer equity to the other."""
    before, after = plans
    say = Wording(say.language, after.case.currency)
    found = differences(before, after)
    title = say.plural("{count} thing differs", "{count} things differ", len(found))
    st.markdown(f"##### {title}", anchors=False)
    lines: list[Told] = [told(difference, before, after, say) for difference in found[:MOST_ROWS]]
    if lines:
        st.dataframe(
            pd.DataFrame(
                {
                    say.text("What"): [line.what[:1].upper() + line.what[1:] for line in lines],
                    say.text("Then: {version}", version=ends[0]): [line.before for line in lines],
                    say.text("Later: {version}", version=ends[1]): [line.after for line in lines],
                }
            ),
            hide_index=True,
            key="version_differences",
        )
    if len(found) > MOST_ROWS:
        st.caption(say.text("The first {count} are shown.", count=say.number(MOST_ROWS)))
    if before.case.currency != after.case.currency:
        st.caption(say.text("They count in different currencies, so their customer equity is not compared."))
        return
    one, two, three = st.columns(3)
    one.metric(say.text("Customer equity then"), say.short_money(steps.before))
    two.metric(
        say.text("Customer equity later"), say.short_money(steps.after), say.signed_short_money(steps.difference)
    )
    added = steps.uplift_after - steps.uplift_before
    three.metric(
        say.text("Uplift later"), say.short_money(steps.uplift_after), say.signed_short_money(added),
        help=say.text("What the plan adds to customer equity, against today's split."),
    )  # fmt: skip
    names = [step_name(step, after.case, say) for step in steps.steps]
    show(
        lambda: charts.versions_compared(steps, names, (say.text("then"), say.text("later")), say), "versions_compared"
    )
