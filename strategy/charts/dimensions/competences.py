"""Scores of what we can: competences in balance, and the parts of the CRM system with its weakest link."""

from collections.abc import Mapping, Sequence

from strategy.charts.drawing.axes import broken, on_lines
from strategy.charts.drawing.chart import COLOURS, HALO, Chart, drawn
from strategy.charts.drawing.rows import Rows, add_bars, add_texts, bar_style, emptied, in_rows, mark, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import NUMBER, ChartTable, column, tabled
from strategy.dimensions.operations import FAR_AHEAD, balance
from strategy.questions import BY_CODE
from strategy.questions.question import HIGHEST_SCORE
from strategy.words.wording import Wording

Scores = Mapping[str, int] | None
"""An answer in scores; None where nothing was answered."""


def nothing_yet(say: Wording, message: str, headings: Sequence[str]) -> Chart:
    """A chart of what was not answered yet: what to do."""
    return drawn(
        message, emptied(say, message), lambda: tabled(say, *(column(heading, []) for heading in headings)), message
    )


def competence_balance(scores: Scores, say: Wording) -> Chart:
    """The four competences beside each other: one that is far ahead of the weakest cannot be used."""
    names = {code: say.text(text) for code, text in BY_CODE["competences"].option_texts.items()}
    found = balance(scores)
    if not scores or not found:
        wanted = say.text("Score our four competences to see whether they are in balance")
        return nothing_yet(say, wanted, [say.text("Competence")])
    low, high = min(scores.values()), max(scores.values())
    strongest, weakest = next(c for c in scores if scores[c] == high), found.lowest[0]
    words = {
        "most": names[strongest],
        "least": names[weakest].lower(),
        "highest": high,
        "lowest": low,
        "gap": found.gap,
    }
    if found.ahead:
        title = say.text(
            "{most} ({highest} of 5) is {gap} ahead of {least} ({lowest}): build up what lags first", **words
        )
    elif len(scores) < len(names):
        unscored = next(name for code, name in names.items() if code not in scores)
        title = say.text(
            "The {scored} competences that are scored are in balance; {unscored} has no score yet",
            scored=len(scores), unscored=unscored.lower(),
        )  # fmt: skip
    elif low == high:
        title = say.text("Our competences are in balance: all at {highest} of 5", **words)
    else:
        title = say.text("Our competences are in balance: all between {lowest} and {highest} of 5", **words)
    figure, placed = _scored(list(names.values()), [scores.get(code) for code in names], say)
    if found.ahead:
        mark(figure, placed, low + FAR_AHEAD)
        figure.update_xaxes(title={"text": broken(say.text("score; from the line on: far ahead of the weakest"))})
    return drawn(title, figure, lambda: _score_table(say.text("Competence"), names, scores, say), _told(names, scores))


def system_profile(components: Scores, information: Scores, say: Wording) -> Chart:
    """How far the components of the CRM system and information management are, the weakest named."""
    parts = BY_CODE["components"].option_texts
    names = {code: say.text(text) for code, text in {**parts, **BY_CODE["information"].option_texts}.items()}
    scores = {**(components or {}), **(information or {})}
    if not scores:
        wanted = say.text("Score the CRM system and our information management to see the weakest link")
        return nothing_yet(say, wanted, [say.text("Part")])
    low = min(scores.values())
    if scores.get("database") == low:
        title = say.text("The customer database is at {score} of 5, and everything else stands on it", score=low)
    else:
        weakest = next(code for code in names if scores.get(code) == low)
        title = say.text("The weakest link is {part}: {score} of 5", part=names[weakest].lower(), score=low)
    told = {code: name for code, name in names.items() if code in scores}
    figure, _ = _scored(list(told.values()), [scores[code] for code in told], say)
    colours = [COLOURS["plan" if code in parts else "initiatives"] for code in told]
    figure.traces[0]["marker"] = {"color": colours, "line": {"color": HALO, "width": 1.5}}
    figure.update_xaxes(title={"text": broken(say.text("score; dark: CRM system, light: information management"))})
    return drawn(title, figure, lambda: _score_table(say.text("Part"), names, scores, say), _told(told, scores))


def _scored(names: Sequence[str], scores: Sequence[int | None], say: Wording) -> tuple[Sketch, Rows]:
    """A bar from 0 to each score; what has none says so."""
    placed = rows([on_lines(name) for name in names])
    texts = [say.text("no answer yet") if score is None else say.number(score) for score in scores]
    lengths = [float(score or 0) for score in scores]
    figure = Sketch()
    add_bars(figure, placed, lengths, texts, bar_style(COLOURS["plan"]), ": ")
    add_texts(figure, lengths, placed.places, texts)
    in_rows(figure, placed, say)
    ticks = list(range(HIGHEST_SCORE + 1))
    figure.update_xaxes(
        range=[0, HIGHEST_SCORE + 0.5],
        tickmode="array",
        tickvals=ticks,
        ticktext=[say.number(tick) for tick in ticks],
        title={"text": say.text("score, of 5")},
    )
    return figure, placed


def _score_table(heading: str, names: Mapping[str, str], scores: Mapping[str, int], say: Wording) -> ChartTable:
    told = [scores.get(place, say.text("no answer yet")) for place in names]
    return tabled(
        say,
        column(heading, list(names.values())),
        column(say.text("Score"), told, NUMBER),
    )


def _told(names: Mapping[str, str], scores: Mapping[str, int]) -> str:
    return "; ".join(f"{name}: {scores[place]}" for place, name in names.items() if place in scores) + "."
