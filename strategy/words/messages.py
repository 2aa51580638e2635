"""The sentences behind the codes of the science: names, errors, methods, translated where they are shown."""

import json

from strategy.errors import PlannerError
from strategy.words.cleaning_words import ASSUMED as ASSUMED
from strategy.words.cleaning_words import CLEANING as CLEANING
from strategy.words.draw_messages import DRAW_ERRORS
from strategy.words.lever_words import FAMILY_NAMES as FAMILY_NAMES
from strategy.words.lever_words import LEVER_WORDS
from strategy.words.plan_errors import PLAN_ERRORS
from strategy.words.store_words import STORE_ERRORS
from strategy.words.wording import N_, Wording, printable

LEVER_NAMES = {**{code: words.name for code, words in LEVER_WORDS.items()}, "initiatives": N_("Initiatives")}
LEVER_GOALS = {code: words.goal for code, words in LEVER_WORDS.items()}
METRIC_NAMES = {
    "acquisition_rate": N_("share of prospects won"),
    "revenue": N_("revenue per customer"),
    "retention_rate": N_("share of customers that stay"),
    "cost_to_serve": N_("cost to serve a customer"),
    "referral_rate": N_("new customers brought by each customer"),
}
FIELD_NAMES = {
    "customers": N_("customers today"),
    "prospects": N_("prospects within reach"),
    "gross_margin": N_("gross margin"),
    "onboarding_cost": N_("cost of welcoming a new customer"),
    "referral_rate": N_("new customers brought by each customer"),
    "refill": N_("new prospects that appear"),
    "return_share": N_("share of those who leave that could come back"),
    "rival_response": N_("share of what is won that rivals take back"),
}
PART_NAMES = {
    "floor": N_("{metric} without spending"),
    "answers": N_("{metric} at today's spend"),
    "ceiling": N_("{metric} at unlimited spend"),
    "constant": N_("{metric}"),
    "opinions": N_("{metric}: whose answers"),
}
SIDE_EFFECT_NAME = N_("side effect of {lever} on {metric}")
METHODS = {
    "phases": N_(
        "What each segment could do over time was joined within the budget of each phase, from the best split for all "
        "periods."
    ),
    "grid": N_("Every segment was searched on a grid, the budget divided on that grid, and the result polished."),
    "grid_then_draws": N_(
        "Found on a grid at the likely numbers, then polished over {searched} draws from the beliefs and then over "
        "{polished}; its worth is the one over all {draws}."
    ),
    "search": N_(
        "Segments or levers depend on each other here, so the grid only gives starts. Money was moved between all "
        "pairs of cells, widest amounts first, and the best polished."
    ),
    "search_draws": N_(
        "Money was moved between all pairs of cells, widest amounts first, from many starts, over {searched} draws "
        "from the beliefs. The best was then polished over {polished} draws; its worth is the one over all {draws}."
    ),
}
REFINED = N_(
    "At the likely numbers money was also exchanged between cells, cells were emptied, refilled and swapped, and the "
    "{finalists} most promising splits polished."
)
NOT_PROVEN = N_("It was searched, not proven: a better split may exist.")

ERRORS = {
    **STORE_ERRORS,
    **DRAW_ERRORS,
    # reading
    "too_large": N_("{place}: {value} bytes is too large; give a file of at most {limit} bytes."),
    "not_utf8": N_("{place}: not readable as text ({value}); save the file as UTF-8."),
    "json_syntax": N_("{place}: this is not valid JSON ({value}); check commas, quotes and brackets there."),
    "repeated_key": N_("{place} stands twice in one object; keep one of the two."),
    "not_a_case": N_("{place}: a case is one JSON object, not a {value}; start from a sample case."),
    "schema": N_("{place} is {value}; this version reads schema {schema}."),
    "newer_schema": N_(
        "{place} is {value}: the file was written by a newer version of the planner than this one, which reads up to "
        "{schema}; open it there, or install the newer version."
    ),
    "no_file": N_("{place}: the file cannot be read ({value}); check the name and the rights."),
    "missing": N_("{place} is missing; add it."),
    "unknown_field": N_("{place} is not a field of a case; remove it or check its spelling."),
    "not_a_number": N_("{place} is {value}; give a number, without quotes, such as 0.85."),
    "not_whole": N_("{place} is {value}; give a whole number."),
    "not_finite": N_("{place} is {value}; give a finite number between -{limit} and {limit}."),
    "not_text": N_("{place} is {value}; give a text between quotes."),
    "text_length": N_("{place} is {value}; give a text of 1 to 200 characters."),
    "text_pattern": N_(
        "{place} is {value}; ids take lower-case letters, digits, - and _, a currency three capitals such as EUR."
    ),
    "how_many": N_("{place}: this many entries are not allowed ({rule})."),
    "choice": N_("{place} is {value}; choose {expected}."),
    "at_least": N_("{place} is {value}; give {ge} or more."),
    "at_most": N_("{place} is {value}; give {le} or less."),
    "not_an_object": N_("{place} is {value}; give an object with its fields between braces."),
    "not_a_list": N_("{place} is {value}; give a list between square brackets."),
    "invalid": N_("{place} is {value}: {rule}."),
    "out_of_range": N_("{place} is {value}; give a number from {low} to {high}."),
    # estimates and curves
    "triple_length": N_("{place} is {value}; give one number, or three: [low, likely, high]."),
    "triple_order": N_("{place} is {value}; put the three in order: low, likely, high."),
    "constant_alone": N_("{place} also has {value}; a constant lever takes no spend and no other field."),
    "rivals_elsewhere": N_(
        "{place}: rivals take back {value}, and they undo only what spending on winning customers wins; say what that "
        "spending wins, or leave it out here."
    ),
    "floor_ceiling": N_(
        "{place}: without spending and at unlimited spend the answers are {value}; spending must move it: up where "
        "customers are won, developed or kept, down for the cost to serve."
    ),
    "answers_against": N_("{told}; change one of the two."),
    "ends_against": N_("At least {low}, most likely {likely}, at most {high}: put the three in this order."),
    "spend_needed": N_("{place}: the answers are about spends {value}; each must be above 0."),
    "spends_order": N_("{place}: the spends are {value}; give the smaller one first, no two the same."),
    "answers_order": N_(
        "{place}: the answers are {value} ({which}); with more spend the answer must move on towards the one at "
        "unlimited spend."
    ),
    "answer_outside": N_("{place}: the answer is {value}; give one between {low} and {high}, neither included."),
    "ranges_overlap": N_(
        "{place}: the range {value} overlaps its neighbour's; the four answers must stay apart, here between {low} and "
        "{high}."
    ),
    "exponent": N_(
        "{place}: these two answers bend the curve too sharply or too little (exponent {value}, allowed {low} to "
        "{high}); move the second answer, or leave it out."
    ),
    "own_metric": N_("{place}: a side effect on its own metric ({value}); choose another metric."),
    "no_prospects": N_("{place}: prospects are {value}; acquire needs prospects above 0, or a constant."),
    "family_answers": N_(
        "{place}: the number of answers at a spend is {answers}, and the curve “{value}” goes through exactly "
        "{needed}; give that many, or choose another curve."
    ),
    "own_number": N_("{place}: where spending does not move it, leave this lever out and give {value} of the segment."),
    "no_customers": N_("{place}: nobody is a customer in period 1; give customers, or make this lever a constant."),
    "opinion_twice": N_("{place} answered twice about the same lever; the first answers count."),
    "opinion_points": N_(
        "{place} answered at {value} amounts between no spend and unlimited spend, and {needed} are asked: everybody "
        "answers at the same amounts."
    ),
    "opinion_columns": N_(
        "This row has {value} columns; give who, none, today, half as much again, unlimited, parted by tabs or "
        "semicolons."
    ),
    "opinion_incomplete": N_("{place} left an answer open; give none, today and unlimited."),
    "too_many_people": N_("The room is full: at most {value} people answer one question."),
    # the rest of a case
    "ends_before_start": N_("{place} ends in period {value}, before its start in {start}; swap them."),
    "starts_after_horizon": N_("{within} starts in period {value}, after the plan ends; start it in 1 to {high}."),
    "duplicate_id": N_('The id "{value}" stands twice among the {within}; give each its own.'),
    "unknown_segment": N_('{place}: there is no segment "{value}"; the segments are {known}.'),
    "migration_shape": N_("migration has {value} entries in row {row} (0: rows); give {size} rows of {size} shares."),
    "migration_row": N_('migration, row {row} ("{within}") sums to {value}; make its shares sum to 1.'),
    "endless_value": N_(
        '"{within}": customers stay for ever ({value}) and nothing is discounted, so their value has no end; give a '
        "discount rate above 0 or a retention below 1."
    ),
    # plans and limits
    "spend_on_constant": N_("{place}: {value} is spent on a constant; set it to 0 or give the lever a curve."),
    "phase_count": N_("{place}: {value} phases; give 1 to {high} of them."),
    "first_phase": N_("{place} is {value}; the first phase begins in period 1."),
    "phase_order": N_("{place} is {value}, not after period {before} where the one before begins; put them in order."),
    "phase_too_late": N_("{place} is {value}, after the plan ends in period {high}; begin earlier, or leave it out."),
    "unknown_lever": N_('{place}: there is no lever "{value}"; the levers are {known}.'),
    "unknown_initiative": N_('{place}: there is no initiative "{value}"; the initiatives are {known}.'),
    "no_initiatives": N_('{place}: there is no initiative "{value}"; this case has none.'),
    "limit_order": N_("{place}: the limits are {value}; give a minimum of 0 or more and a maximum not below it."),
    "lock_outside": N_("{place} is locked at {value}, outside its limits {limits}; move one of the two."),
    "limits_above_budget": N_("The minimums and locks add up to {value}, above the budget {budget}; lower one."),
    "limits_below_budget": N_(
        "The maximums and locks add up to {value}, below the budget {budget}; raise one or spend at most the budget."
    ),
    "limits_cannot_be_met": N_("No split of {budget} meets all limits at once; loosen a lever's limit."),
    "initiatives_above_budget": N_("{place}: the initiatives cost {value} per period, above the budget {budget}."),
    "initiatives_above_cash": N_("In period {period} initiatives cost {value}, above the budget {budget}; drop one."),
    "range_order": N_("{place} is {value}; give a lower end of 0 or more and a higher end above it."),
    "beyond_numbers": N_(
        "The amounts grow beyond what can be computed within {value} periods; lower the referral rate or the horizon."
    ),
    **PLAN_ERRORS,
    # answers
    "unknown_question": N_("{place}: there is no question {value}; the file comes from another version."),
    "text_too_long": N_("{place}: the text has {value} characters; keep it within {limit}."),
    "too_many_rows": N_("{place}: {value} rows; keep it within {limit}."),
    "unknown_number": N_("{place}: the case has no such number; it may have been removed."),
    "no_curve": N_("{place} does not react to spending ({value}); give it a curve first."),
    "must_be_above_0": N_("{place} is {value}; give a number above 0."),
    "no_potential": N_("{place}: there is no potential yet; fill in a product that more customers could have."),
    "room_counts": N_("{place}: here the answers of {value} people count; change those, or take them away first."),
    "price_below_cost": N_("{place}: at this price each sale costs more than it brings in; lower the price less."),
    "no_next_step": N_("{place}: no segment stands on a next step of the ladder; say which segment does."),
    "last_segment": N_("{place} is the only segment; add another one before taking it away."),
    "two_segments": N_("Choose at least two segments to merge."),
    # a case as a workbook
    "not_our_workbook": N_("{place} is a file of kind {value}; give an Excel workbook (.xlsx) downloaded here."),
    "sheet_missing": N_(
        "{place} has no sheet {value}; download a workbook here and fill that one in, its hidden first rows included."
    ),
    "sheet_twice": N_('{place} is a copy of the sheet "{value}"; keep one of the two, or empty its first row.'),
    "column_missing": N_(
        "{place}: the column {value} ({within}) is missing; copy your numbers into a fresh workbook that has it."
    ),
    "row_missing": N_("{place}: the row {value} is missing; copy your numbers into a fresh workbook that has it."),
    "cell_empty": N_("{place} is empty; fill it in."),
    "cell_number": N_("{place} is {value}, which is not a number; type one there, such as 0.85."),
    "cell_text": N_("{place} is {value}, which is not a text; type it with an apostrophe before it."),
    "cell_error": N_("{place} holds the error {value}; correct its formula, or type the number."),
    "formula_not_computed": N_(
        "{place} holds a formula that nobody computed ({value}); open and save the workbook in Excel, or type the "
        "number."
    ),
    "cell_outside": N_("{place} holds {value}, outside the columns of this sheet; move it to a sheet of your own."),
    "merged_cells": N_("{place}: the cells {value} are merged; unmerge them and fill in each of them."),
    "row_twice": N_('{place}: "{value}" has a row already; keep one of the two.'),
    "lever_missing": N_('{place}: "{within}" has no row for {value} on the sheet of levers; add it there.'),
    # customer models
    "triple": N_(
        "{place}: repeat purchases, recency and age {value} do not go together; recency lies between 0 and age, and is "
        "0 without repeat purchases."
    ),
    "no_history": N_("{place}: {value} customers and no time seen after their first purchases; give a longer period."),
    "spend_data": N_("{place}: repeat purchases and mean spend {value}; give repeat buyers with a mean above 0."),
    "survivors": N_("{place}: {value} is not a number of survivors that starts above 0 and never rises."),
    "duration": N_("{place}: duration and ended {value}; give whole renewals, at least 1 where a contract ended."),
    "no_renewals": N_("{place}: {value} renewals seen; give contracts that have come up for renewal."),
    "endless_terms": N_("{place}: {value}; without a last period give a discount above 0, and a period longer than 0."),
    # customer data
    "empty_file": N_("{place} is empty ({value} bytes); export it again."),
    "other_kind": N_("{place} is a file of kind {value}; save it as CSV, Excel (.xlsx) or Parquet."),
    "encrypted": N_("{place} is protected by a password; save it without one and bring it again."),
    "undecodable": N_(
        "{place} begins as {value} text and does not go on as such, as if it was cut short; export it again, in UTF-8."
    ),
    "no_text": N_("{place}: this text cannot be read ({value}); export it again as CSV, Excel (.xlsx) or Parquet."),
    "disk_full": N_("{place}: the disk of this computer is full; make room on it and try again."),
    "takes_memory": N_("{place}: reading it takes more memory than may be used; save the rows that count as Parquet."),
    "takes_time": N_(
        "{place}: reading it was stopped after {limit} seconds; save the rows that count as CSV or Parquet."
    ),
    "reading_ended": N_("{place}: reading it broke off; bring it again, or save it as CSV or Parquet first."),
    "nul_bytes": N_("{place} is not text: byte {value} is zero; export it again as CSV, Excel (.xlsx) or Parquet."),
    "no_lines": N_("{place}: its first {value} characters hold no line break; give a table with one row per line."),
    "one_column": N_(
        "{place}: only one column was found ({value}); separate the columns by commas, semicolons or tabs."
    ),
    "too_many_columns": N_("{place} has {value} columns; keep the ones that count, {limit} at most."),
    "duplicate_columns": N_('{place}: the name "{value}" stands above the columns {columns}; give each its own name.'),
    "no_rows": N_("{place} has a header ({value}) and no rows; add the rows below it."),
    "excel_broken": N_("{place}: this Excel file is damaged or cut short ({value}); save it again in Excel."),
    "excel_too_large": N_(
        "{place}: this Excel file unpacks to {value} bytes, more than {limit}; save the sheet as CSV or Parquet."
    ),
    "parquet_broken": N_("{place}: this Parquet file is damaged or cut short ({value}); export it again."),
    "engine_failed": N_("{place}: the rows cannot be computed ({value}); check the file, or export it again."),
    "unknown_engine": N_(
        '{place} is "{value}"; leave it out for this computer, or give a Spark address such as local[2].'
    ),
    "no_spark": N_("{place}: {value} is not installed here; install PySpark 4.3 and Java 17, or leave the engine out."),
    "unknown_column": N_('{place} has no column "{value}"; its columns are {known}.'),
    "no_dates": N_("{place}: no column holds dates ({value}); add the day of each row, such as 2026-01-31."),
    "unreadable_tenure": N_(
        "{place}: no tenure of 0 or more can be read in this column, such as {value}; write 14, or bring "
        "starts and ends."
    ),
    "not_offered": N_('{place}: the server offers no file "{value}"; choose one of the list.'),
    "no_age": N_(
        "{place}: customers are summed up ({value}) without how long ago each bought first, which the models need; add "
        "a column T with the time since the first purchase, or bring the purchases themselves."
    ),
    "no_amount": N_(
        "{place}: no column holds amounts ({value}); say which one does, which quantity and price, or what a purchase "
        "(a contract per period) brings: --per-purchase on the command line."
    ),
    "no_customer": N_("{place}: no column says who bought ({value}); say which one does."),
    "ends_unknown": N_(
        "{place}: {value} contracts have ended and only {known} say when, so nothing tells how long they last; add the "
        "day on which each ended."
    ),
    "no_end": N_("{place}: no column says when contracts ended or whether they run ({value}); say which one does."),
    "unreadable_dates": N_(
        '{place}: nothing in this column can be read as a date, such as "{value}"; write dates like 2026-01-31.'
    ),
    "unreadable_amounts": N_(
        '{place}: nothing in this column can be read as an amount, such as "{value}"; write amounts like 12.50.'
    ),
    "mixed_currencies": N_("{place} has amounts in {value}; choose one currency, rows in the others are left out."),
    "unknown_currency": N_("{place} has no amounts in {value}; the currencies are {known}."),
    "nothing_left": N_(
        "{place}: none of its {value} rows can be used, most for this: {reason}. Check which columns hold the "
        "customer, the date and the amount."
    ),
    "until_too_late": N_("{place} is {value}, a day that has not come; give one up to {last}."),
    "other_role": N_(
        "{place}: a file of this kind has no such column ({value}); say with --as what the file holds, or leave it out."
    ),
    "open_quote": N_(
        "{place}: a quotation mark opens that is not closed for many lines, near {value}; take it out or close it, or "
        "export the file with its quotation marks doubled."
    ),
    "until_too_early": N_("{place} is {value}, before the first purchase on {first}; give a later day."),
    "no_running": N_(
        "{place}: none of its {value} contracts runs on {until}; give a list with running contracts, or an earlier day "
        "up to which the list goes."
    ),
    "nobody_then": N_("{place}: nobody was a customer yet on {value}; choose a later day."),
    "taken_column": N_("{place}: {value} names the customers, so each would be a group; choose another column."),
    "no_rfm": N_("{place} are {value}; contracts have no recency: give a column, clv or risk."),
    "not_a_day": N_("{place} is {value}, which is no day of the calendar; give one such as 2026-01-31."),
    "nobody_left_to_value": N_("{place}: of {value} nobody is expected to buy again, so nothing can be valued."),
    "nobody_acquired": N_(
        "{spend} is spent on winning customers, yet the data show no new customer of late: leave it at 0, and say on "
        "the page Client selection what winning customers would cost."
    ),
    "all_or_none_stay": N_(
        "{spend} is spent on keeping customers, yet by the data a share of {value} stays in {place}, which no spend "
        "can move: leave it at 0, or group customers in another way."
    ),
    "nothing_to_reduce": N_(
        "{spend} is spent on reducing the cost to serve, of which none was given: fill in what serving a customer "
        "costs, or leave this at 0."
    ),
    "no_drivers": N_("{place}: {value} drivers; choose at least one column that may explain the outcome."),
    "driver_length": N_("{place} has {value} values for {needed} outcomes; give one for each."),
    "which_list": N_("{place}: a file holds one list; say which: {value}."),
    "cannot_write": N_("{place}: the file cannot be written ({value}); check the folder and the rights."),
    "no_holdout": N_("{place} is {value} and nothing was bought after it; give an earlier day."),
}


PLACES = {
    "file": N_("the file"),
    "case": N_("the case"),
    "budget": N_("the budget"),
    "limits": N_("the limits"),
    "initiatives": N_("the initiatives"),
    "currency": N_("the currency"),
    "engine": N_("the engine"),
    "until": N_("the end of the calibration"),
}
"""Places that are words; the others are the names of fields and of people's own things."""


def how_found(method: str, draws: tuple[int, int, int], finalists: int, say: Wording) -> str:
    """How a best split was found: over how many draws it was searched, polished and valued where there are any.

    finalists  how many splits were polished when it was refined, 0 where it was not
    """
    searched, polished, valued = (say.number(count) for count in draws)
    sentences = [say.text(METHODS[method], searched=searched, polished=polished, draws=valued)]
    if finalists:
        sentences.append(say.text(REFINED, finalists=say.number(finalists)))
    return " ".join([*sentences, say.text(NOT_PROVEN)])


def explain(error: PlannerError, say: Wording) -> str:
    """The sentence of an error in the reader's language, as plain text."""
    fields = {name: _plain(value) for name, value in error.fields.items()}
    if fields.get("reason") in CLEANING:
        words = {"rows": say.number(error.fields["rows"]), "amount": say.number(error.fields["amount"], 0)}
        fields["reason"] = say.text(CLEANING[fields["reason"]], **words).rstrip(".")
    if error.code == "family_answers" and error.fields["value"] in FAMILY_NAMES:
        fields["value"] = say.text(FAMILY_NAMES[error.fields["value"]])
    if fields.get("place") in PLACES:
        fields["place"] = say.text(PLACES[fields["place"]])
    sentence = say.text(ERRORS.get(error.code, ERRORS["invalid"]), **{"rule": error.code, "place": "", **fields})
    return sentence[:1].upper() + sentence[1:]


def _plain(value: object) -> str:
    """A value as it stands in a file, without what cannot be shown, on one line and not too long."""
    if isinstance(value, float):
        written = f"{value:.10g}"
    elif value is None or isinstance(value, bool):
        written = json.dumps(value)
    elif isinstance(value, list | tuple):
        written = "[" + ", ".join(_plain(entry) for entry in value) + "]"
    else:
        written = str(value) if not isinstance(value, int) or abs(value) < 10**18 else f"{len(str(abs(value)))} digits"
    line = " ".join(printable(written).split())
    return line if len(line) <= 120 else line[:117] + "..."
