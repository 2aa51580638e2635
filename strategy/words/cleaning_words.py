"""What was taken out of customer data, and what was assumed: sentences by code."""

from strategy.words.wording import N_

CLEANING = {
    "duplicate_line": N_("{rows} lines were exact copies of another line ({amount}): one of each was kept."),
    "broken_line": N_("{rows} lines have more cells than the header ({amount}): check their quotes and separators."),
    "total_row": N_("{rows} rows are totals of others ({amount})."),
    "other_status": N_("{rows} rows do not count by their status ({amount})."),
    "other_side": N_("{rows} rows have money on the other side of the ledger only, or paid out."),
    "continuation": N_("{rows} rows only go on with their order and have no amount."),
    "left_out_customer": N_("{rows} rows are of nobody in particular, such as guests or a till ({amount})."),
    "unreadable_date": N_("{rows} rows have no date that can be read ({amount})."),
    "unreadable_amount": N_("{rows} rows have no amount that can be read."),
    "other_currency": N_("{rows} rows are in another currency ({amount} in their own)."),
    "no_customer": N_("{rows} rows do not say who bought ({amount})."),
    "placeholder_date": N_("{rows} rows have a date that stands for unknown, 1900 or before ({amount})."),
    "future_date": N_("{rows} rows lie in the future ({amount})."),
    "excluded_product": N_("{rows} rows are postage, fees or other products that you excluded ({amount})."),
    "zero_amount": N_("{rows} rows have an amount of zero."),
    "order_again": N_("{rows} rows repeat the total of their order, which counts once ({amount})."),
    "same_day": N_("{rows} rows are of a purchase that counts already: the same customer on the same day."),
    "cancelled_purchase": N_("{rows} purchases were cancelled later ({amount})."),
    "cancellation": N_("{rows} rows are the cancellations of those purchases ({amount})."),
    "unmatched_cancellation": N_("{rows} rows are negative without a purchase that they cancel ({amount})."),
    "unreadable_start": N_("{rows} contracts have no start that can be read ({amount})."),
    "unreadable_end": N_("{rows} contracts have an end that cannot be read ({amount})."),
    "no_end": N_("{rows} contracts have stopped, and nothing says when ({amount})."),
    "ends_before_start": N_("{rows} contracts end before they start ({amount})."),
    "starts_later": N_("{rows} contracts start after the last day observed ({amount})."),
}
"""What was taken out of customer data, with rows and money."""
ASSUMED = {
    "ambiguous_dates": N_("Day and month could change places in every date: the day was taken to come first."),
    "ambiguous_amounts": N_("No amount shows cents: commas and points were taken to separate thousands."),
    "duplicates_kept": N_(
        "Nothing tells equal lines apart (an invoice, a product, a time): equal lines were all kept."
    ),
}
"""What was assumed while customer data were read, for people to confirm."""
