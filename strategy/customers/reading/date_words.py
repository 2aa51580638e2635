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
NUMBERED_NAMES = (
    ("day number", ("day", "days", "dag", "dagen", "daynumber", "daynr", "dayno", "daynum", "dayindex", "dagnummer",
                    "dagnr", "relativeday", "dayssincestart", "t", "time", "tijd", "tijdstip", "date", "datum")),
    ("week number", ("week", "weeks", "weken", "weeknumber", "weeknr", "weekno", "weeknum", "weekid", "weeknummer")),
    ("month number", ("month", "months", "maand", "maanden", "monthnumber", "monthnr", "monthno", "monthindex",
                      "maandnummer", "maandnr", "period", "periode", "periodnumber", "periodenummer")),
    ("YYYY", ("year", "jaar", "boekjaar", "fiscalyear", "donationyear", "giftyear", "giftjaar", "kalenderjaar")),
)  # fmt: skip
"""How columns are called that number days, weeks or months from a first one, and years: code of the format, names."""
YEARS = r"(19|20)\d\d"
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


def numbering_of(name: str, values: list[str]) -> str | None:
    """The code of the format of a column of numbered days, weeks or months, or of years; None where it holds others.

    name  in lower-case letters and digits only
    """
    code = next((code for code, names in NUMBERED_NAMES if name in names), None)
    numbers = [re.sub(r"\.0+$", "", value.strip()) for value in values]
    if code is None or not numbers or not all(re.fullmatch(r"\d{1,4}", number) for number in numbers):
        return None
    if all(re.fullmatch(YEARS, number) for number in numbers):
        return "YYYY"
    return None if code == "YYYY" or len(set(numbers)) < 2 else code
