"""The parts of the strategy on a page: figures, decisions, roadmap, contradictions, and the document to print."""

import streamlit as st

from pages.frame import presenting, session
from strategy.coherence import BUDGET
from strategy.exports.strategy_page import Contradiction, StrategyPage, page_charts, strategy_page
from strategy.exports.strategy_pdf import strategy_pdf
from strategy.plan import results
from strategy.plan.plan import Plan
from strategy.progress import silent
from strategy.questions import BY_CODE, DIMENSIONS
from strategy.words.wording import Wording, markdown_text

PDF = "application/pdf"
PAGE_TITLES = {dimension.code: dimension.title for dimension in DIMENSIONS}


def download() -> None:
    """The button that makes the PDF, when it is pressed."""
    plan, say = session.plan(), session.say()

    def document() -> bytes:
        outlook = results.outlook(plan, silent)
        return strategy_pdf(strategy_page(plan, outlook, say), page_charts(plan, outlook, say), say)

    st.download_button(
        say.text("Print (PDF)"),
        document,
        "strategy.pdf",
        PDF,
        key="download_pdf",
        icon=":material/print:",
        on_click="ignore",
        help=say.text("One page, and behind it every answer and every contradiction with its reason."),
    )


def figures(page: StrategyPage) -> None:
    """The numbers that matter, beside each other."""
    for column, figure in zip(st.columns(len(page.figures), gap="medium"), page.figures, strict=True):
        column.metric(
            figure.name, markdown_text(figure.value), markdown_text(figure.note), delta_color="off", delta_arrow="off"
        )


def decided(page: StrategyPage, say: Wording) -> None:
    """What was decided in each dimension, and what is still open."""
    for number, chosen in enumerate(page.dimensions, 1):
        told = [f"{a.text}: **{'; '.join(map(markdown_text, a.lines))}**" for a in chosen.decided]
        presenting.tell(f"{number}  {chosen.title}", told or [say.text("Still open:") + " " + chosen.issue])
        with st.container(border=True, key=f"decided_{chosen.dimension.code}"):
            st.page_link(chosen.dimension.page, label=f"**{number}  {chosen.title}**  {chosen.issue}")
            for answered in chosen.decided:
                lines = "  \n".join(markdown_text(line) for line in answered.lines)
                st.markdown(f":gray[{answered.text}]  \n{lines}")
            if chosen.still_open:
                asked = ", ".join(f"*{question}*" for question in chosen.still_open)
                st.caption(say.text("Still open:") + " " + asked)


def roadmap(plan: Plan, say: Wording) -> None:
    """The initiatives over the periods of the plan."""
    if not plan.case.initiatives:
        st.markdown("##### " + say.text("No initiatives yet"))
        st.page_link("operationalization.py", label=say.text("Add what you will do, when, and what it costs"))


def contradictions(page: StrategyPage, say: Wording) -> None:
    """What contradicts itself, each with its reason and the way to the answers that disagree."""
    count = len(page.contradictions)
    if not count:
        st.markdown("##### " + say.text("Nothing contradicts itself so far"))
        st.caption(say.text("The check looks at what is answered: the more answers, the more it can see."))
        return
    title = say.plural("{count} thing contradicts itself", "{count} things contradict each other", count)
    st.markdown(f"##### {title}")
    for contradiction in page.contradictions:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{markdown_text(contradiction.sentence)}**")
            st.caption(contradiction.reason)
            _links(contradiction, say)


def _links(contradiction: Contradiction, say: Wording) -> None:
    """The pages with the answers that disagree, each once."""
    places = contradiction.finding.rule.places
    dimensions = list(dict.fromkeys(BY_CODE[place].dimension for place in places if place != BUDGET))
    with st.container(horizontal=True):
        for code in dimensions:
            st.page_link(f"{code}.py", label=say.text(PAGE_TITLES[code]), icon=":material/arrow_forward:")
        if BUDGET in places:
            st.page_link("budget.py", label=say.text("Budget"), icon=":material/arrow_forward:")
