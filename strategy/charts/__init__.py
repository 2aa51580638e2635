"""Read-outs as pictures: one function per question, each giving a Chart."""

from strategy.charts.budget import budget_size, waterfall
from strategy.charts.certainty import no_regret, tornado, worth_knowing
from strategy.charts.chart import COLOURS, Chart, enlarged, laid_out, translucent
from strategy.charts.labels import assumption_label, assumption_value, cell_label, place_label
from strategy.charts.moves import money_moves
from strategy.charts.next_euro import next_euro
from strategy.charts.over_time import cash_over_time, customers_over_time
from strategy.charts.response import response_curves
from strategy.charts.spread import uplift_distribution
from strategy.charts.today import clv_before_after, value_today, where_money_goes

__all__ = [
    "COLOURS",
    "Chart",
    "assumption_label",
    "assumption_value",
    "budget_size",
    "cash_over_time",
    "cell_label",
    "clv_before_after",
    "customers_over_time",
    "enlarged",
    "laid_out",
    "money_moves",
    "next_euro",
    "no_regret",
    "place_label",
    "response_curves",
    "tornado",
    "translucent",
    "uplift_distribution",
    "value_today",
    "waterfall",
    "where_money_goes",
    "worth_knowing",
]
