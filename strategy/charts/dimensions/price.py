"""What a price does, in one picture: gross profit, worth of a customer, and the profit-maximising range."""

import numpy as np

from strategy.charts.dimensions.proposition import halo
from strategy.charts.drawing.axes import share_ticks, widened
from strategy.charts.drawing.chart import COLOURS, Chart, drawn, laid_out, translucent
from strategy.charts.drawing.labels import brief
from strategy.charts.drawing.sketch import Sketch
from strategy.charts.drawing.table import SHARE, SIGNED_SHARE, column, tabled
from strategy.dimensions.pricing import PriceChange, PriceCurve, PriceRange
from strategy.words.wording import Wording, markdown_text


def price_effect(segment: str, price: PriceChange, curve: PriceCurve, found: PriceRange | None, say: Wording) -> Chart:
    """Gross profit and worth of a customer at each price, today's = 100 %, with the profit-maximising range.

    segment  its name, as typed; found as of `best_price`
    """
    places = {say.text("today"): 0.0, say.text("considered"): price.change}
    if found:
        places |= {say.text("most gross profit"): found.best, say.text("1 % below it, cheaper"): found.low}
        places |= {say.text("1 % below it, dearer"): found.high}
    if curve.most is not None:
        places[say.text("a customer is worth most")] = curve.most
    profit = np.interp(list(places.values()), curve.changes, curve.profit)
    worth = curve.worth if curve.worth is not None else np.full_like(curve.profit, np.nan)
    table = tabled(
        say,
        column(say.text("Price"), list(places)),
        column(say.text("Change"), list(places.values()), SIGNED_SHARE),
        column(say.text("Gross profit, today = 100 %"), profit, SHARE),
        column(say.text("Worth (CLV), today = 100 %"), np.interp(list(places.values()), curve.changes, worth), SHARE),
    )
    at = float(np.interp(price.change, curve.changes, curve.profit))
    summary = say.text(
        "A price change of {change} makes the gross profit per customer {profit} of today's.",
        change=say.signed_percent(price.change),
        profit=say.percent(at),
    )
    if curve.worth is not None:
        kept = float(np.interp(price.change, curve.changes, curve.worth))
        told = say.text("With those who leave, a customer is worth {worth} of today's (CLV).", worth=say.percent(kept))
        summary = f"{summary} {told}"
    return drawn(
        _price_title(segment, price, curve, found, say),
        _price_figure(price, curve, found, say),
        lambda: table,
        summary,
    )


def _price_title(segment: str, price: PriceChange, curve: PriceCurve, found: PriceRange | None, say: Wording) -> str:
    name = markdown_text(brief(segment))
    if found:
        title = say.text(
            "{segment}: gross profit is highest at a price change of {best} (within 1% of it from {low} to {high})",
            segment=name,
            best=say.signed_percent(found.best, 0),
            low=say.signed_percent(found.low, 0),
            high=say.signed_percent(found.high, 0),
        )
    elif price.elasticity >= -1:
        title = say.text(
            "{segment}: at elasticity {elasticity} every higher price earns more per customer",
            segment=name,
            elasticity=say.signed_number(price.elasticity),
        )
    else:
        title = say.text(
            "{segment}: a unit costs us nothing, so at elasticity {elasticity} every lower price earns more",
            segment=name,
            elasticity=say.signed_number(price.elasticity),
        )
    if curve.most is None or price.leave == 0:
        return title
    if curve.most == 0:
        return f"{title}; {say.text('counting who leaves, a customer is worth most at the price of today')}"
    inside = curve.changes[0] < curve.most < curve.changes[-1]
    told = say.text("counting who leaves, a customer is worth most at {most}", most=say.signed_percent(curve.most, 0))
    return f"{title}; {told}" if inside else title


def _price_figure(price: PriceChange, curve: PriceCurve, found: PriceRange | None, say: Wording) -> Sketch:
    figure = Sketch()
    series = [(say.text("gross profit per customer"), "develop", curve.profit, "solid")]
    if curve.worth is not None:
        series.append((say.text("worth of a customer (CLV), leavers counted"), "plan", curve.worth, "dash"))
    for name, colour, values, dash in series:
        if colour == "plan":
            halo(figure, curve.changes.tolist(), values.tolist())
        figure.add_scatter(
            x=curve.changes,
            y=values,
            mode="lines",
            name=name,
            line={"color": COLOURS[colour], "width": 3, "dash": dash},
            customdata=[
                f"{say.signed_percent(float(change))}<br>{name}: {say.percent(float(value))}"
                for change, value in zip(curve.changes, values, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    if found and found.low < curve.changes[-1]:
        band = {"fillcolor": translucent(COLOURS["develop"]), "line": {"width": 0}, "layer": "below"}
        edge = min(found.high, float(curve.changes[-1]))
        figure.add_shape(type="rect", x0=found.low, x1=edge, y0=0, y1=1, xref="x", yref="y domain", **band)
    figure.add_vline(0.0, {"color": COLOURS["today"], "width": 2})
    figure.add_vline(price.change, {"color": COLOURS["today"], "width": 2, "dash": "dot"})
    ends = [max(-0.5, min(values.min() for _, _, values, _ in series)), max(values.max() for _, _, values, _ in series)]
    low, high = widened(float(ends[0]), float(ends[1]))
    laid_out(figure, say, height=400)
    figure.update_layout(margin={"t": 96})
    across = (float(curve.changes[0]), float(curve.changes[-1]))
    figure.update_xaxes(
        range=list(across),
        title={"text": say.text("price change (solid: today, dotted: considered)")},
        **share_ticks(*across, say, most=4),
    )
    figure.update_yaxes(range=[low, high], **share_ticks(low, high, say, most=5))
    figure.add_title(1, say.text("today = 100 %"), 0.0, "left")
    return figure
