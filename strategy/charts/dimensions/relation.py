"""Individualising and the relation in pictures: what it demands, what is exchanged, between which poles it lies."""

from collections.abc import Mapping

from strategy.charts.dimensions.proposition import marked, score_text, scores_axis
from strategy.charts.drawing.chart import COLOURS, GRID, HALO, LETTERS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.rows import BAR, in_rows, mark, rows
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import NUMBER, column, tabled
from strategy.dimensions.value_map import (
    COMPETENCES,
    DEMANDS,
    NEUTRAL,
    POLES,
    RESOURCE_PLACES,
    personal_share,
    shortfalls,
    strongest_lean,
)
from strategy.questions import BY_CODE
from strategy.questions.question import LOWEST_SCORE
from strategy.words.wording import Wording

# Individualisation ---------------------------------------------------------------------------------------------------


def individualisation_demands(chosen: str | None, competences: Mapping[str, int] | None, say: Wording) -> Chart:
    """What each degree of individualisation asks of the four competences, and where we stand."""
    steps = BY_CODE["individualisation"].option_texts
    have = competences or {}
    table = tabled(
        say,
        column(say.text("Competence"), [say.text(name) for name in COMPETENCES.values()]),
        *(
            column(say.text(text), [DEMANDS[step].levels[c] for c in COMPETENCES], NUMBER)
            for step, text in steps.items()
        ),
        column(say.text("We"), [have.get(c) for c in COMPETENCES], NUMBER),
    )
    placed = rows([say.text(name) for name in COMPETENCES.values()])
    figure = Sketch()
    for step, text in steps.items():
        if step != chosen:
            for place, level in zip(placed.places, DEMANDS[step].levels.values(), strict=True):
                figure.add_shape(
                    type="line", x0=level, x1=level, y0=place - 9, y1=place + 9, line={"color": COLOURS["today"]}
                )
        else:
            figure.add_bar(
                x=[level - LOWEST_SCORE for level in DEMANDS[step].levels.values()],
                base=LOWEST_SCORE,
                y=placed.places,
                orientation="h",
                width=BAR,
                name=say.text("needed for {step}", step=say.text(text).lower()),
                marker={"color": translucent(COLOURS["plan"], 0.35), "line": {"width": 0}},
                hoverinfo="skip",
            )
    if have:
        marked(figure, placed, [have.get(c) for c in COMPETENCES], say.text("we"), "plan", "diamond", say)
    in_rows(figure, placed, say, legend=bool(chosen or have))
    figure.update_layout(showlegend=bool(chosen or have))
    scores_axis(figure, say.text("level, 1 to 5 (a grey line: another degree)"))
    parts = [
        say.text("{step}: {levels}", step=say.text(text), levels=", ".join(map(str, DEMANDS[step].levels.values())))
        for step, text in steps.items()
    ]
    return drawn(_demands_title(chosen, have, say), figure, lambda: table, "; ".join(parts) + ".")


def _demands_title(chosen: str | None, have: Mapping[str, int], say: Wording) -> str:
    if chosen is None:
        return say.text("From standard to co-creation, the level asked of our relation strategy rises from 1 to 5")
    step = say.text(BY_CODE["individualisation"].option_texts[chosen])
    short = shortfalls(chosen, have)
    if short:
        worst = max(short, key=lambda competence: short[competence])
        return say.text(
            "{step} takes level {needed} in {competence}; we have {have}",
            step=step,
            needed=DEMANDS[chosen].levels[worst],
            competence=say.text(COMPETENCES[worst]).lower(),
            have=have[worst],
        )
    if len(have) == len(COMPETENCES):
        return say.text("{step}: our four competences are up to it", step=step)
    highest = max(DEMANDS[chosen].levels, key=lambda competence: DEMANDS[chosen].levels[competence])
    return say.text(
        "{step} takes most in {competence}: level {level} of 5",
        step=step,
        competence=say.text(COMPETENCES[highest]).lower(),
        level=DEMANDS[chosen].levels[highest],
    )


# What is exchanged ---------------------------------------------------------------------------------------------------


def resources_exchanged(scores: Mapping[str, int], say: Wording) -> Chart:
    """The six resources on their two axes, larger where more is exchanged."""
    names = {code: say.text(text) for code, text in BY_CODE["resources"].option_texts.items()}
    table = tabled(
        say,
        column(say.text("Resource"), list(names.values())),
        column(say.text("Exchanged (1–5)"), [scores.get(code) for code in names], NUMBER),
    )
    figure = Sketch()
    for scored in (True, False):
        codes = [code for code in names if (code in scores) == scored]
        colour = COLOURS["plan"] if scored else "rgba(0,0,0,0)"
        edge = {"color": HALO, "width": 1.5} if scored else {"color": COLOURS["today"], "width": 1.5}
        figure.add_scatter(
            x=[RESOURCE_PLACES[code][0] for code in codes],
            y=[RESOURCE_PLACES[code][1] for code in codes],
            mode="markers+text",
            text=[f"{names[code]} {scores[code]}" if scored else names[code] for code in codes],
            textposition="bottom center",
            textfont={"size": LETTERS},
            marker={
                "color": colour,
                "opacity": 1.0,
                "size": [8 + 8 * scores.get(code, 1) for code in codes],
                "line": edge,
            },
            hoverinfo="skip",
            showlegend=False,
        )
    laid_out(figure, say, height=400)
    for axis, title in (
        (figure.update_xaxes, say.text("tangible (concreteness) →")),
        (figure.update_yaxes, say.text("depends on who gives it (particularism) →")),
    ):
        axis(range=[-1.45, 1.4], title={"text": title}, showticklabels=False, zeroline=True, showgrid=False)
        axis(zerolinecolor=GRID)
    listed = ", ".join(f"{name} {score_text(scores.get(code))}" for code, name in names.items())
    return drawn(_resources_title(scores, say), figure, lambda: table, say.text("Exchanged: {listed}.", listed=listed))


def _resources_title(scores: Mapping[str, int], say: Wording) -> str:
    share = personal_share(scores)
    if share is None:
        return say.text("Score the six resources: then you see how personal the exchange with customers is")
    most = max(scores, key=lambda code: scores[code])
    return say.text(
        "{resource} is exchanged most ({score} of 5); {share} of the exchange depends on who gives it",
        resource=say.text(BY_CODE["resources"].option_texts[most]),
        score=scores[most],
        share=say.percent(share, 0),
    )


# The relation --------------------------------------------------------------------------------------------------------


def relation_profile(profile: Mapping[str, int], say: Wording) -> Chart:
    """Each scale of the relation with its poles at both ends."""
    poles = {code: (say.text(low), say.text(high)) for code, (low, high) in POLES.items()}
    table = tabled(
        say,
        column(say.text("At 1"), [low for low, _ in poles.values()]),
        column(say.text("At 5"), [high for _, high in poles.values()]),
        column(say.text("Score"), [profile.get(code) for code in poles], NUMBER),
    )
    placed = rows([low for low, _ in poles.values()])
    figure = Sketch()
    marked(figure, placed, [profile.get(code) for code in poles], say.text("our relation"), "plan", "diamond", say)
    in_rows(figure, placed, say)
    at_right = {"x": 1, "xref": "paper", "xanchor": "right", "align": "right", "yanchor": "bottom"}
    for (_, high), place in zip(poles.values(), placed.places, strict=True):
        figure.add_annotation(y=place - placed.half, text=high, **at_right)
    scores_axis(figure, say.text("1 = left pole, 5 = right pole"))
    mark(figure, placed, NEUTRAL)
    listed = "; ".join(f"{low} – {high}: {score_text(profile.get(code))}" for code, (low, high) in poles.items())
    lean = strongest_lean(profile)
    if lean is None:
        title = say.text("Score the relation between its poles: then you see what kind of relation it is")
        if profile:
            title = say.text("The relation leans to no side: every score is 3")
    else:
        pole = poles[lean[0]][lean[1] > NEUTRAL]
        title = say.text("The relation leans most to: {pole} ({score} on a scale of 1 to 5)", pole=pole, score=lean[1])
    return drawn(title, figure, lambda: table, f"{listed}.")
