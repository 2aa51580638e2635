"""The sentences behind the error codes of plans, their scenarios and their files."""

from strategy.words.wording import N_

PLAN_ERRORS = {
    "lock_changes": N_("{place} is locked at another amount in each phase, {value}; unlock it, or give it one amount."),
    "scenario_count": N_("{place}: {value} of them; a plan holds 1 to {high}: leave some out."),
    "unknown_scenario": N_('{place}: there is no scenario "{value}"; the scenarios are {known}.'),
    "unknown_event": N_('{place}: there is no event "{value}"; the events are {known}.'),
    "logo_kind": N_("{place} begins with {value}; give a PNG or JPEG picture in base64."),
    "logo_size": N_("{place} has {value} bytes; give a picture of at most {limit}."),
    "colour": N_("{place} is {value}; give a colour as # and six digits, such as #0072b2."),
    "locks_in_limits": N_('{place}: a plan locks a cell at what it spends there; name the cell in "locked" instead.'),
    "unknown_plan_field": N_("{place}: {value} is not known here; a plan file has been changed by hand."),
}
