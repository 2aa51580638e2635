"""The sentences of what keeps a plan from being kept, opened or shared."""

from strategy.words.wording import N_

STORE_ERRORS = {
    # the database
    "store_address": N_("{place} names no database that the planner knows; give postgresql://... or sqlite:///FILE."),
    "store_locked": N_(
        "Another program holds the database {place} ({value}); close it, or wait, then change something again."
    ),
    "store_read_only": N_(
        "The database {place} may not be written ({value}); give the planner the right to write it and its folder."
    ),
    "store_full": N_(
        "There is no room left for the database {place} ({value}); make room, then change something again."
    ),
    "store_gone": N_(
        "The database {place} cannot be reached ({value}); bring it back, or start it, then change something again."
    ),
    "store_damaged": N_("The database {place} cannot be read ({value}); put the last backup in its place."),
    "store_newer": N_(
        "The database was made by a newer version of the planner (tables {value}, here {limit}); install that version."
    ),
    "keep_days": N_("{place} is {value}; give a whole number of days above 0, or leave it out to keep all plans."),
    # a plan in it
    "plan_too_large": N_("The plan takes {value} bytes and {limit} is the most; remove evidence or scenarios from it."),
    "version_damaged": N_("This version of the plan is damaged ({value}); open an earlier one, or a backup."),
    "version_gone": N_("Version {value} of the plan is not kept any more; choose one of those that are listed."),
    "nothing_to_undo": N_("There is no change of yours left to take back; open an earlier version instead."),
    "nothing_to_redo": N_("There is nothing of yours to do again; what was taken back has been changed since."),
    # links
    "link_opens_nothing": N_("This link opens no plan: it is cut short, mistyped or was renewed; ask for the new one."),
    "plan_deleted": N_('The plan "{value}" was deleted; for 30 days whoever may edit it can bring it back.'),
    "only_looking": N_("This link only looks at the plan; ask for the edit link, or work on a copy of your own."),
    "token_taken": N_("There is a plan under this address already; open it, or start from a new address."),
    "share_damaged": N_("This shared plan is not whole: the link was cut short or changed; ask for it again."),
    "share_newer": N_(
        "This shared plan was written by a newer version of the planner (form {value}, here {limit}); open it there."
    ),
}
"""By code, as `messages.ERRORS`, of which they are a part."""
