"""Read-outs as pictures: one function per question, each giving a Chart."""

from strategy.charts.customer_data.customers import contracts_running, purchase_frequency, purchases_foretold
from strategy.charts.customer_data.customers_value import staying_and_value, value_by_tenth, who_moved, win_back
from strategy.charts.dimensions.competences import competence_balance, system_profile
from strategy.charts.dimensions.happenings import events_damage, lapsed_value
from strategy.charts.dimensions.market import market_advice, prospects_over_time, rivals_over_time
from strategy.charts.dimensions.newcomers import extra_income, newcomer_cost, spectrum_demands
from strategy.charts.dimensions.operations import channel_costs, hand_over_map, hours_freed
from strategy.charts.dimensions.opinions import disagreement, room_answers
from strategy.charts.dimensions.price import price_effect
from strategy.charts.dimensions.proposition import need_gaps, value_curve
from strategy.charts.dimensions.protection import keeping_cost, relation_quality, value_at_risk, want_or_must
from strategy.charts.dimensions.realization import ladder_moves, selling_potential, worth_against_spend
from strategy.charts.dimensions.relation import individualisation_demands, relation_profile, resources_exchanged
from strategy.charts.dimensions.segments import segment_bubbles, whale_curve
from strategy.charts.drawing.chart import COLOURS, Chart, enlarged, laid_out, translucent
from strategy.charts.drawing.labels import assumption_label, assumption_value, cell_label, place_label
from strategy.charts.money.budget import budget_size, waterfall
from strategy.charts.money.certainty import no_regret, tornado, worth_knowing
from strategy.charts.money.compared import versions_compared
from strategy.charts.money.moves import money_by_lever, money_moves
from strategy.charts.money.next_euro import next_euro
from strategy.charts.money.over_time import cash_over_time, customers_over_time
from strategy.charts.money.path import spend_over_time
from strategy.charts.money.response import response_curves
from strategy.charts.money.roadmap import roadmap
from strategy.charts.money.spread import uplift_distribution
from strategy.charts.money.today import clv_before_after, value_today, where_money_goes

__all__ = [
    "COLOURS",
    "Chart",
    "assumption_label",
    "assumption_value",
    "budget_size",
    "cash_over_time",
    "cell_label",
    "channel_costs",
    "clv_before_after",
    "competence_balance",
    "contracts_running",
    "customers_over_time",
    "disagreement",
    "enlarged",
    "events_damage",
    "extra_income",
    "hand_over_map",
    "hours_freed",
    "individualisation_demands",
    "keeping_cost",
    "ladder_moves",
    "laid_out",
    "lapsed_value",
    "market_advice",
    "money_by_lever",
    "money_moves",
    "need_gaps",
    "newcomer_cost",
    "next_euro",
    "no_regret",
    "place_label",
    "price_effect",
    "prospects_over_time",
    "purchase_frequency",
    "purchases_foretold",
    "relation_profile",
    "relation_quality",
    "resources_exchanged",
    "response_curves",
    "rivals_over_time",
    "roadmap",
    "room_answers",
    "segment_bubbles",
    "selling_potential",
    "spectrum_demands",
    "spend_over_time",
    "staying_and_value",
    "system_profile",
    "tornado",
    "translucent",
    "uplift_distribution",
    "value_at_risk",
    "value_by_tenth",
    "value_curve",
    "value_today",
    "versions_compared",
    "want_or_must",
    "waterfall",
    "whale_curve",
    "where_money_goes",
    "who_moved",
    "win_back",
    "worth_against_spend",
    "worth_knowing",
]
