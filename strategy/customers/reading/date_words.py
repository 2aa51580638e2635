"""What stands in dates beside digits and English months: times of day, days of the week, Dutch names, ordinals."""

import re

TIME_OF_DAY = r",?[T ]+\d{1,2}:\d{2}.*$|T\d{4,6}Z?$|(Z|[+-]\d{2}:\d{2})$"
DUTCH_MONTHS = {
    "januari": "January", "februari": "February", "maart": "March", "mei": "May", "juni": "June", "juli": "July",
    "augustus": "August", "oktober": "October", "mrt": "Mar", "okt": "Oct",
}  # fmt: skip
"""Names of months that are not as in English."""
WEEKDAYS = (
    "mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    "ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
DATE_WORDS = (
    (rf"(?i)^({WEEKDAYS})\b[.,]* *", ""), (r"\. ", " "), (r"\.-", "-"),
    (r"(?i)1st\b", "1"), (r"(?i)2nd\b", "2"), (r"(?i)3rd\b", "3"), (r"(?i)th\b", ""),
    *((rf"(?i)\b{dutch}\b", english) for dutch, english in (*DUTCH_MONTHS.items(), ("sept", "Sep"))),
)  # fmt: skip
"""A pattern, and what is read instead."""


def plain_date(text: str) -> str:
    """A date without its time of day, in digits and English months."""
    text = re.sub(TIME_OF_DAY, "", text).strip()
    for pattern, instead in DATE_WORDS:
        text = re.sub(pattern, instead, text)
    return text
