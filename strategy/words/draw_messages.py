"""The sentences about draws of another model that cannot be read or give no curve, by code."""

from strategy.words.wording import N_

DRAW_ERRORS = {
    "draw_columns": N_(
        "{place}: no column is called spend, or none outcome (it has {value}); name three columns draw, spend and "
        "outcome."
    ),
    "draw_number": N_(
        "{place} has a cell that is no number, or a spend below 0; each of its rows needs a spend and an outcome."
    ),
    "draw_one_spend": N_("{place}: too few different spends ({value}); give at least two: none, today's, and more."),
    "draw_outcome": N_(
        "{place}: an outcome is {value}, and here it lies between 0 and {high}; say in what the outcome is counted, or "
        "correct it."
    ),
    "draw_beyond": N_(
        "{place}: its spends go from {low} to {high}, and the answers are about {value}; say in what spend is counted, "
        "or give spends near these."
    ),
    "draw_order": N_(
        "{place}: at no spend, at the spends asked about and at unlimited spend the outcome is {value}, which does not "
        "move one way; say in what the outcome is counted, or whose answer holds at unlimited spend."
    ),
    "draw_exponent": N_(
        "{place} bends too sharply or too little (exponent {value}, allowed {low} to {high}); choose another form."
    ),
    "draws_no_fit": N_("{place}: its draws have too few spends to tell which form fits; choose a form."),
}
