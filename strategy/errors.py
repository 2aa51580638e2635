"""The one family of errors that people see: a code and the fields that make the sentence."""

from typing import Any


class PlannerError(ValueError):
    """Something a person can repair.

    code    key of the sentence in `messages.ERRORS`
    fields  what the sentence names: place, value, and what the rule needs
    """

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields
