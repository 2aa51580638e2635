"""A sample of the fuzz (`tests/trials/fuzz.py`), and that it would notice."""

import json
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import numpy as np
import pytest

from strategy.errors import PlannerError
from tests.trials import fuzz
from tests.trials.fuzz import Failure, content_of, in_processes, mix, run, tried
from tests.trials.hostile import BY_CODE, KINDS, Fault, Kind, plain, read_or_refused
from tests.trials.made_hostile import mutated_document, written

SEED = 2026
SAMPLE = {"case": 80, "plan": 40, "spend": 40, "limits": 40, "typed": 150, "ten": 60, "workbook": 4}
"""Of each kind; the others, files of customers, are tried by two of each."""


@cache
def sample_of(code: str) -> tuple[Counter[str], list[Failure]]:
    """The outcomes of a sample of a kind, and the failures in it."""
    return run(BY_CODE[code], SEED, range(SAMPLE.get(code, 2)))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.code for kind in KINDS])
def test_hostile_inputs_are_accepted_and_computed_or_refused_in_a_sentence(kind: Kind) -> None:
    outcomes, failures = sample_of(kind.code)
    assert [(failure.number, failure.what) for failure in failures] == []
    assert sum(outcomes.values()) == SAMPLE.get(kind.code, 2)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.of >= 100], ids=lambda kind: kind.code)
def test_some_hostile_inputs_are_accepted_and_some_refused(kind: Kind) -> None:
    outcomes, _ = sample_of(kind.code)
    assert min(outcomes["accepted"], outcomes["refused"]) >= SAMPLE[kind.code] / 20


@pytest.mark.parametrize("kind", KINDS, ids=[kind.code for kind in KINDS])
def test_an_input_is_the_same_for_the_same_seed_and_another_for_another(kind: Kind) -> None:
    seven = [content_of(kind, 1, number) for number in range(7)]
    assert [content_of(kind, 1, number) for number in range(7)] == seven
    assert [content_of(kind, 2, number) for number in range(7)] != seven


# It notices ----------------------------------------------------------------------------------------------------------


def kind_that(check: Callable[[bytes], Any]) -> Kind:
    return Kind("case", lambda rng: rng.randbytes(4), check, 1)


def refuse(code: str, **fields: Any) -> str:
    def read() -> str:
        raise PlannerError(code, **fields)

    return read_or_refused(read)


@pytest.mark.parametrize(
    ("check", "what"),
    [
        (lambda content: 1 / 0, "ZeroDivisionError"),
        (lambda content: warnings.warn("odd", RuntimeWarning, stacklevel=1), "RuntimeWarning"),
        (lambda content: np.float64(1) / np.float64(0), "RuntimeWarning"),
        (lambda content: plain({"a": [1.0, float("nan")]}), ".a[] is nan"),
        (lambda content: plain(np.array([-np.inf])), "-inf"),
        (lambda content: refuse("nobody_told_this_code", place="x", value=1), "no sentence"),
        (lambda content: [0] * 10**13, "MemoryError"),
    ],
)
def test_what_must_not_happen_is_a_failure(check: Callable[[bytes], Any], what: str) -> None:
    outcomes, failures = run(kind_that(check), 1, range(1))
    assert (outcomes["failed"], len(failures)) == (1, 1)
    assert what in failures[0].what.splitlines()[0]


def test_a_hang_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 0.05)
    assert tried(kind_that(lambda content: sleep(30)), b"").startswith("hang")


def test_refusals_told_and_finite_results_are_none() -> None:
    assert (
        tried(kind_that(lambda content: refuse("out_of_range", place="budget", value=-1, low=0, high=1)), b"")
        == "refused"
    )
    assert plain({"a": (1, 2.5, None, "x", np.float64(3))}) == {"a": [1, 2.5, None, "x", 3.0]}
    with pytest.raises(Fault):
        plain(float("inf"))


def test_the_mix_holds_every_input_and_all_kinds() -> None:
    shares = mix(50_000, list(BY_CODE))
    assert sum(shares.values()) == 50_000
    assert set(shares) == set(BY_CODE)
    assert all(shares[slow] < shares[fast] for slow in ("xlsx", "parquet") for fast in ("case", "typed"))


def test_in_processes_the_outcomes_are_the_same() -> None:
    chunks = [("typed", range(0, 40)), ("ten", range(0, 4))]
    found = {code: outcomes for code, (outcomes, _) in in_processes(chunks, SEED, 2)}
    assert found == {code: run(BY_CODE[code], SEED, numbers)[0] for code, numbers in chunks}


def test_a_failure_is_saved_and_said_how_to_have_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Kind("ten", BY_CODE["ten"].make, lambda content: str(1 / 0), 1)
    monkeypatch.setitem(fuzz.BY_CODE, "ten", broken)
    assert fuzz.main(["--inputs", "2", "--kinds", "ten", "--keep", str(tmp_path), "--from", "5"]) == 1
    said = capsys.readouterr().out
    assert "2 failed" in said
    assert "ZeroDivisionError" in said
    assert "--seed 1 --kinds ten --from " in said
    assert (tmp_path / "ten-1-5").read_bytes() == content_of(broken, 1, 5)
    assert fuzz.main(["--kinds", "ten", "--file", str(tmp_path / "ten-1-5")]) == 0
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_document_of_any_depth_is_changed_and_written() -> None:
    deep: Any = {"customers": 1.0}
    for _ in range(600):
        deep = [{"a": deep}]
    before = written(deep, Random(0))
    texts = {written(mutated_document(deep, Random(seed)), Random(0)) for seed in range(12)}
    assert len(texts) > 3
    assert written(deep, Random(0)) == before, "the document itself is left as it was"


def test_documents_are_written_as_a_file_could_hold_them_even_where_json_would_not() -> None:
    rng = Random(4)
    texts = [written(mutated_document({"a": [1, 2, {"b": "x"}], "c": 0.5}, rng), rng) for _ in range(400)]
    assert any(b"NaN" in text or b"Infinity" in text for text in texts)
    assert any(text.count(b"[") > 100 for text in texts)

    def keys(text: bytes) -> list[str]:
        found: list[str] = []
        json.loads(text, object_pairs_hook=lambda pairs: found.extend(sorted(key for key, _ in pairs)) or [])
        return found

    readable = [text for text in texts if text.startswith(b"{") and text.count(b"[") < 50 and b"\xff" not in text]
    repeated = 0
    for text in readable:
        try:
            repeated += len(keys(text)) > len(set(keys(text)))
        except ValueError:
            continue
    assert repeated
