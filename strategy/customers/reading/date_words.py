"""What stands in dates beside digits and English months: times of day, days of the week, Dutch names, ordinals."""

import re
from functools import lru_cache

TIME_OF_DAY = r"(,?[T ]+|,? +(om|at|um) +)\d{1,2}:\d{2}.*$|T\d{4,6}Z?$|(Z|[+-]\d{2}:\d{2})$"
_MONTHS = "january february march april may june july august september october november december"
ENGLISH_MONTHS = frozenset((*_MONTHS.split(), *(month[:3] for month in _MONTHS.split())))
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
OF_THE_MONTH = ("day", "dag", "dayofmonth", "dagvandemaand")
DATE_WORDS = (
    (rf"(?i)^({WEEKDAYS})\b[.,]* *", ""), (r"\. ", " "), (r"\.-", "-"),
    (r"(?i)1st\b", "1"), (r"(?i)2nd\b", "2"), (r"(?i)3rd\b", "3"), (r"(?i)th\b", ""),
    *((rf"(?i)\b{dutch}\b", english) for dutch, english in (*DUTCH_MONTHS.items(), ("sept", "Sep"))),
)  # fmt: skip
"""A pattern, and what is read instead."""


@lru_cache(8192)
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


def parts_of_dates(names: dict[str, str], values: dict[str, list[str]]) -> dict[str, str]:
    """Columns of year and month, and of the day where there is one, in place of dates: {part: column}, else nothing.

    names   {name in lower-case letters and digits only: column}
    values  {column: what it holds}
    """
    of_months, of_years = NUMBERED_NAMES[2][1], NUMBERED_NAMES[3][1]

    def first(wanted: tuple[str, ...], low: int, high: int) -> str | None:
        for name in wanted:
            found = values.get(names.get(name, ""), [])
            numbers = [re.sub(r"\.0+$", "", value.strip()) for value in found]
            if numbers and all(number.isdigit() and low <= int(number) <= high for number in numbers):
                return names[name]
            if low == 1 and high == 12 and numbers and all(plain_date(n).lower() in ENGLISH_MONTHS for n in numbers):
                return names[name]
        return None

    year, month = first(of_years, 1900, 2099), first(of_months, 1, 12)
    if year is None or month is None:
        return {}
    day = first(OF_THE_MONTH, 1, 31)
    return {"year": year, "month": month, **({"day": day} if day else {})}
