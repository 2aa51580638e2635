"""Valid inputs made hostile: documents, texts, tables, archives, changed by chance, the same for the same seed."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

HOSTILE_NUMBERS = (
    0, 1, -1, 2, 0.5, -0.0, 1e-300, 5e-324, -5e-324, 1e-12, 1 - 1e-12, 1 + 1e-12, 0.999999, 99.99999, 100, 1e6, 1e12,
    -1e12, 1e15, 1.0000001e15, -1e15, 1e16, 1e29, 1e308, -1e308, 2**31, 2**53 + 1, 2**63, 2**64, 10**28, 10**29,
    10**400, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
HOSTILE_TEXTS = (
    "", " ", "\t\n", "nan", "NaN", "inf", "null", "None", "true", "0", "-1", "1e400", "9" * 29, "1,5", "1.5", "=1+1",
    "@SUM(A1)", "<script>alert(1)</script>", "**fat** $x^2$ [a](http://b)", "{place}", "{0.__class__}", "%s%n", "\\",
    '"', "'", "';--", "\x00", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "é", "e\u0301", "ﬁ", "日本", "🏳️‍🌈", "İ",
    "ß", "\u2028", "a" * 201, "b" * 5000, "/etc/passwd", "../..", "2026-02-30", "0000-00-00", "99999-12-31", "1/2/3",
    "acquire", "retain", "default", "__proto__", "id", "segments",
)  # fmt: skip
HOSTILE_CELLS = (
    "", " ", "x", "NaN", "inf", "-inf", "1e308", "1e400", "9" * 29, "-" + "9" * 40, "1.234.567,89", "1,234,567.89",
    "1'000", "(5)", "5-", "12%", "€ 5", "$1.00", "USD", "0", "-1", "0,001", "1e-320", "2026-02-30", "1899-12-31",
    "9999-12-31", "10000-01-01", "0001-01-01", "31.12.2025", "12/31/2025", "2025-12-31T23:59:59Z", "20251231", "45000",
    "1e9", "\ufeff", "\x00", "\ud83d\ude00", '"', 'a"b', "a;b", "a,b", "a\tb", "a\nb", "=cmd|'/c'!A1", "é" * 300,
    "y" * 9000, "NULL", "N/A", "#REF!", "#DIV/0!", "true", "C1053", "\u202e123",
)  # fmt: skip


def hostile_value(rng: Random) -> Any:
    """A number, text, list or object that does not belong where it is put."""
    return rng.choice(
        (
            lambda: rng.choice(HOSTILE_NUMBERS),
            lambda: rng.choice(HOSTILE_NUMBERS),
            lambda: rng.choice(HOSTILE_TEXTS),
            lambda: rng.choice((None, True, False, [], {}, [[]], [None], {"": None})),
            lambda: [rng.choice(HOSTILE_NUMBERS) for _ in range(rng.choice((1, 2, 3, 3, 4)))],
            lambda: sorted(rng.uniform(-2, 2) for _ in range(3)),
            lambda: rng.uniform(0, 1) * 10 ** rng.randint(-12, 16),
            lambda: {rng.choice(HOSTILE_TEXTS): rng.choice(HOSTILE_NUMBERS)},
        )
    )()


# Documents -----------------------------------------------------------------------------------------------------------


class Repeated:
    """A key that stands twice in its object."""

    def __init__(self, first: Any, second: Any) -> None:
        self.first, self.second = first, second


def _holders(document: Any) -> list[tuple[Any, Any]]:
    """Every (object or list, key in it) of a document."""
    found, waiting = [], [document]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            for key in keys:
                found.append((holder, key))
                waiting.append(holder[key])
    return found


def _is_number(value: object) -> bool:
    """Whether a value is a number that can be multiplied."""
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**64)


def _copied(value: Any) -> Any:
    """A document of its own, however deep: `copy.deepcopy` calls itself and ends at some depth."""
    box = [value]
    waiting: list[tuple[Any, Any]] = [(box, 0)]
    while waiting:
        holder, key = waiting.pop()
        if isinstance(holder[key], dict | list):
            holder[key] = same = holder[key].copy()
            waiting += [(same, within) for within in (same if isinstance(same, dict) else range(len(same)))]
    return box[0]


def _scaled(document: Any, names: set[str], factor: float) -> None:
    """Every number under some names times a factor, so that a valid firm stays one, only larger or smaller."""
    waiting = [(document, False)]
    while waiting:
        holder, inside = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            value, within = holder[key], inside or key in names
            if isinstance(value, dict | list):
                waiting.append((value, within))
            elif within and _is_number(value):
                holder[key] = value * factor


SCALED = (
    {"customers"}, {"prospects"}, {"customers", "prospects"}, {"gross_margin"}, {"onboarding_cost"}, {"referral_rate"},
    {"spend"}, {"develop"}, {"reduce_cost"}, {"acquire"}, {"retain"}, {"spend", "points", "budget"}, {"multiply"},
    {"add"}, {"one_off", "per_period"}, {"at_ceiling"}, {"discount_rate"}, {"budget"}, {"carryover"}, {"cells"},
)  # fmt: skip


def mutated_document(document: Any, rng: Random) -> Any:
    """A document with one to four changes to its tree."""
    box = {"whole": _copied(document)}
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        places = _holders(box)
        _change(box, places, rng)
    return box.get("whole")


def _change(box: dict[str, Any], places: list[tuple[Any, Any]], rng: Random) -> None:
    holder, key = rng.choice(places[1:] or places)
    match rng.choice(
        ("value", "value", "value", "near", "near", "scale", "scale", "remove", "add", "swap", "nest", "again")
    ):
        case "value":
            holder[key] = hostile_value(rng)
        case "near":
            _nearby(rng.choice(places), rng)
        case "scale":
            if isinstance(box["whole"], dict | list):
                _scaled(box["whole"], rng.choice(SCALED), 10.0 ** rng.randint(-14, 12))
        case "remove":
            del holder[key]
            box.setdefault("whole", None)
        case "add":
            if isinstance(holder, dict):
                holder[rng.choice((*HOSTILE_TEXTS, *map(str, holder)))] = hostile_value(rng)
            else:
                holder.insert(key, hostile_value(rng))
        case "swap":
            other, there = rng.choice(places)
            holder[key] = _copied(other[there])
        case "nest":
            for _ in range(rng.choice((1, 3, 60, 400))):
                holder[key] = [holder[key]] if rng.random() < 0.5 else {"a": holder[key]}
        case "again":
            if isinstance(holder, dict):
                holder[key] = Repeated(holder[key], hostile_value(rng))
            else:
                holder.extend(_copied(holder[key]) for _ in range(rng.choice((1, 2, 60))))


def _nearby(place: tuple[Any, Any], rng: Random) -> None:
    """A number a little or a lot off."""
    holder, key = place
    if _is_number(holder[key]):
        number = float(rng.choice((holder[key] * rng.uniform(0.5, 1.5), holder[key] * 10.0 ** rng.randint(-15, 15))))
        holder[key] = rng.choice((number, -number, [number * 0.9, number, number * 1.1], number, number))


def written(document: Any, rng: Random) -> bytes:
    """A document as the text of a file, with now and then bytes lost, changed or in another encoding."""
    content = _json(document).encode("utf-8", "surrogatepass")
    return mutated_bytes(content, rng) if rng.random() < 0.15 else content


def _json(value: Any) -> str:
    """JSON with what `json` would not write: repeated keys, NaN, numbers of hundreds of digits; nested without end."""
    out: list[str] = []
    waiting: list[Any] = [(value,)]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            out.append(entry)
            continue
        (found,) = entry
        if isinstance(found, Repeated):
            found = found.first
        if isinstance(found, dict):
            waiting.append("}")
            pairs = []
            for key, inner in found.items():
                inners = (inner.first, inner.second) if isinstance(inner, Repeated) else (inner,)
                pairs += [(json.dumps(str(key)) + ":", one) for one in inners]
            for number, (name, inner) in reversed(list(enumerate(pairs))):
                waiting += [(inner,), ("," if number else "") + name]
            out.append("{")
        elif isinstance(found, list | tuple):
            waiting.append("]")
            for number, inner in reversed(list(enumerate(found))):
                waiting += [(inner,), "," if number else ""]
            out.append("[")
        else:
            out.append(json.dumps(found))
    return "".join(out)


# Bytes ---------------------------------------------------------------------------------------------------------------


def mutated_bytes(content: bytes, rng: Random) -> bytes:
    """Bytes lost, changed, doubled, cut off, or in another encoding."""
    match rng.choice(("change", "change", "insert", "remove", "cut", "double", "utf16", "odd", "latin", "bom", "junk")):
        case "change":
            raw = bytearray(content)
            for _ in range(rng.choice((1, 1, 3, 20))):
                if raw:
                    raw[rng.randrange(len(raw))] = rng.randrange(256)
            return bytes(raw)
        case "insert":
            at = rng.randint(0, len(content))
            inserted = rng.choice(
                (b"\x00", b"\xff\xfe", b'"', b",", b"-", b"9" * 30, b"e9", b"[" * 2000, b"\r", rng.randbytes(8))
            )
            return content[:at] + inserted + content[at:]
        case "remove":
            at = rng.randint(0, len(content))
            return content[:at] + content[at + rng.choice((1, 2, 10, 200)) :]
        case "cut":
            return content[: rng.randint(0, len(content))]
        case "double":
            return content + content
        case "utf16":
            return content.decode("utf-8", "replace").encode("utf-16")
        case "odd":
            return content.decode("utf-8", "replace").encode("utf-16")[:-1]
        case "latin":
            return content.decode("utf-8", "replace").encode("latin-1", "replace")
        case "bom":
            return b"\xef\xbb\xbf" + content
    return rng.randbytes(rng.choice((0, 1, 7, 300)))


# Typed numbers and tables --------------------------------------------------------------------------------------------


def typed_number(rng: Random) -> str:
    """What somebody could type in a field, or paste into it."""
    if rng.random() < 0.3:
        return "".join(rng.choice("0123456789.,-+ €$%kKmMln\u00a0\u2212eE'") for _ in range(rng.randint(0, 42)))
    digits = "".join(rng.choice("0123456789") for _ in range(rng.choice((1, 3, 6, 15, 16, 28, 29, 30, 38))))
    group, point = rng.choice(((",", "."), (".", ","), (" ", ","), ("\u202f", "."), ("", ".")))
    if rng.random() < 0.7:
        digits = re.sub(r"(?<=\d)(?=(\d{3})+$)", group, digits)
    cents = (
        point + "".join(rng.choice("0123456789") for _ in range(rng.choice((1, 2, 10, 30))))
        if rng.random() < 0.4
        else ""
    )
    before = rng.choice(("", "", "", "-", "+", "€", "€ ", "EUR ", "- €", "\u2212"))
    after = rng.choice(
        ("", "", "", "%", " %", "K", "M", " mln.", " mld", " bln", "B", "T", ",-", " euro", "x", *HOSTILE_TEXTS)
    )
    return before + digits + cents + after


def mutated_table(rows: list[list[str]], rng: Random) -> list[list[str]]:
    """A table with cells, rows or columns lost, doubled or replaced."""
    table = [list(row) for row in rows]
    for _ in range(rng.choice((1, 1, 2, 3))):
        column = rng.randrange(len(table[0])) if table and table[0] else 0
        match rng.choice(
            ("cell", "cell", "column", "column", "same", "lose", "row", "heading", "few", "wide", "swap", "digits")
        ):
            case "cell":
                for _ in range(rng.choice((1, 5, 30))):
                    row = rng.choice(table[1:] or table)
                    if row:
                        row[rng.randrange(len(row))] = rng.choice(HOSTILE_CELLS)
            case "column":
                for row in table[1:]:
                    if column < len(row) and rng.random() < 0.9:
                        row[column] = rng.choice(HOSTILE_CELLS)
            case "same":
                value = rng.choice(HOSTILE_CELLS)
                for row in table[1:]:
                    row[column : column + 1] = [value]
            case "lose":
                for row in table:
                    del row[column : column + 1]
            case "row":
                table.insert(rng.randint(0, len(table)), [rng.choice(HOSTILE_CELLS)] * rng.choice((0, 1, 2, 40)))
            case "heading":
                for at in range(len(table[0])):
                    if rng.random() < 0.5:
                        table[0][at] = rng.choice(
                            (*HOSTILE_TEXTS, "customer", "date", "amount", "start", "end", "c0", "c1")
                        )
            case "few":
                del table[rng.choice((0, 1, 2, 4)) :]
                table = table or [[""]]
            case "wide":
                for row in table:
                    row.extend(rng.choice(HOSTILE_CELLS) for _ in range(rng.choice((1, 30))))
            case "swap":
                for row in table:
                    rng.shuffle(row)
            case "digits":
                factor = 10.0 ** rng.randint(-20, 20)
                for row in table[1:]:
                    if column < len(row) and re.fullmatch(r"-?\d+([.,]\d+)?", row[column]):
                        row[column] = f"{float(row[column].replace(',', '.')) * factor:.6g}"
    return table


def as_text(table: list[list[str]], rng: Random) -> bytes:
    """A table as a text file, in some writing and encoding."""
    delimiter = rng.choice(",,;;\t|: ")
    end = rng.choice(("\n", "\n", "\r\n", "\r"))
    quoted = rng.random() < 0.5
    lines = [
        delimiter.join('"' + cell.replace('"', '""') + '"' if quoted and rng.random() < 0.5 else cell for cell in row)
        for row in table
    ]
    if rng.random() < 0.1:
        lines.insert(0, f"sep={delimiter}")
    if rng.random() < 0.05:
        lines = [f"sep={delimiter}", *[""] * rng.choice((1, 50))]
    text = end.join(lines) + (end if rng.random() < 0.8 else "")
    content = text.encode(rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1")), "replace")
    return mutated_bytes(content, rng) if rng.random() < 0.2 else content


# Archives ------------------------------------------------------------------------------------------------------------


def timeless(content: bytes) -> bytes:
    """An .xlsx that does not tell when it was made, so that it is the same whenever that is."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as same:
        for name in archive.namelist():
            part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b"2026-01-01T00:00:00", archive.read(name))
            same.writestr(zipfile.ZipInfo(name), part if name == "docProps/core.xml" else archive.read(name))
    return out.getvalue()


def mutated_archive(content: bytes, rng: Random) -> bytes:
    """An .xlsx with its cells, its XML, its parts or its bytes changed."""
    if rng.random() < 0.15:
        return mutated_bytes(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change_part(parts, rng)
    out = io.BytesIO()
    packed = rng.choice(
        (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)
    )
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, packed)
    done = out.getvalue()
    if rng.random() < 0.04:  # says that it is encrypted
        return done.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    if rng.random() < 0.08:
        raw = bytearray(done)
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        return bytes(raw)
    return done


def _change_part(parts: dict[str, bytes], rng: Random) -> None:
    sheets = [name for name in parts if "/sheet" in name or "sharedStrings" in name]
    name = rng.choice(sheets if sheets and rng.random() < 0.8 else sorted(parts))
    if name not in parts:
        return
    part = parts[name]
    match rng.choice(
        ("number", "number", "number", "text", "text", "kind", "cell", "remove", "bytes", "encoding", "ref")
    ):
        case "number":
            written = [*map(str, HOSTILE_NUMBERS[:24]), "NaN", "", "abc", "9" * 29, "1e400", "-0"]
            parts[name] = _one_of(rb"(?<=<v>)[^<]*(?=</v>)", part, lambda: rng.choice(written).encode(), rng)
        case "text":
            words = [text.encode("utf-8", "ignore") for text in HOSTILE_TEXTS]
            escaped = [w.replace(b"&", b"&amp;").replace(b"<", b"&lt;") for w in words if b"\x00" not in w]
            parts[name] = _one_of(
                rb"(?<=>)[^<>]+(?=</t>)", part, lambda: rng.choice((*escaped, b"_x0000_", b"_xD800_")), rng
            )
        case "kind":
            kinds = (b't="s"', b't="b"', b't="e"', b't="d"', b't="str"', b't="n"', b't="inlineStr"', b't="q"', b"")
            parts[name] = _one_of(rb'\bt="\w+"', part, lambda: rng.choice(kinds), rng)
        case "cell":
            parts[name] = _one_of(rb"<c .*?</c>", part, lambda: rng.choice((b"", b"<c/>", b"<c r='ZZZ1'/>")), rng)
        case "ref":
            cells = (b'r="A1"', b'r="XFD1048576"', b'r="0"', b'r=""', b'r="A99999999999"', b'r="ABC"')
            parts[name] = _one_of(rb'\br="[A-Z]*\d+"', part, lambda: rng.choice(cells), rng)
        case "remove":
            del parts[name]
        case "bytes":
            parts[name] = mutated_bytes(part, rng)
        case "encoding":
            wanted = rng.choice((b"utf-7", b"ebcdic", b"nonsense", b"utf-16", b"latin-1", b"idna"))
            parts[name] = re.sub(rb'encoding="[^"]*"', b'encoding="' + wanted + b'"', part, count=1)


def _one_of(pattern: bytes, part: bytes, new: Callable[[], bytes], rng: Random) -> bytes:
    """A part with one to three of its matches replaced."""
    for _ in range(rng.choice((1, 1, 3))):
        found = [match.span() for match in re.finditer(pattern, part, re.S)]
        if not found:
            return part
        start, end = rng.choice(found)
        part = part[:start] + new() + part[end:]
    return part
