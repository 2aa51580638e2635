"""What holds for the table of every chart: its texts are its numbers, written once."""

from strategy.charts.drawing.chart import Chart
from strategy.charts.drawing.table import Measure
from strategy.words.wording import MISSING, Wording


def reads_as_its_numbers(chart: Chart, say: Wording) -> None:
    """Every cell that the screen shows is its number, read back as a person would type it; each column has a row."""
    table = chart.table
    shown = table.texts
    assert list(shown.columns) == list(dict.fromkeys(shown.columns))
    for position, column in enumerate(table.columns):
        texts = shown.iloc[:, position].tolist()
        assert len(texts) == len(column.measures) == len(table)
        for value, measure, text in zip(column.values, column.measures, texts, strict=True):
            assert isinstance(text, str)
            if isinstance(value, str):
                assert text == value
            elif value is None:
                assert text == MISSING
            else:
                ends = value if isinstance(value, tuple) else (value,)
                written = text.split(" – ") if len(ends) == 2 else [text]
                for end, part in zip((ends[0], ends[-1]), (written[0], written[-1]), strict=True):
                    _is(end, measure, part, say)


def _is(value: float, measure: Measure, text: str, say: Wording) -> None:
    """The text is the number, as far as it is rounded: to its decimals, or to three significant digits."""
    match measure.kind:
        case "period":
            assert text == say.period_number(measure.period, int(value))
            return
        case "multiple":
            number = text.partition(" ")[0] if say.language == "en" else text.rpartition(" per ")[0]
        case "points":
            number = text.split()[0]
            value *= 100
        case _:
            number = text
    read = say.parse_number(number.replace("±", ""))
    shown_digits = measure.digits
    if shown_digits is None:
        shown_digits = {"money": 2, "multiple": 2, "people": 0}.get(measure.kind, 12)
    rounding = 0.5 * 10.0 ** -(shown_digits + (2 if measure.kind == "share" else 0))
    if measure.short:
        rounding = max(0.005 * abs(value), 0.005)
    assert abs(read - value) <= rounding * 1.001 + 1e-9 * abs(value), (read, value, text)
    if measure.signed and abs(value) > rounding:
        assert text.lstrip("€$ \u00a0")[0] in "+−" or "+" in text or "−" in text
