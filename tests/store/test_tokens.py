"""Tokens and share tokens: nothing forged, cut or changed opens anything, and what is whole loses nothing."""

import base64
import hashlib
import json
import random
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.case.samples import SAMPLES, load_sample
from strategy.errors import PlannerError
from strategy.plan.plan import start
from strategy.store import documents
from strategy.store.database import Database
from strategy.store.documents import share_token, shared_document, unpacked
from strategy.store.plans import open_plan, write
from strategy.store.tokens import look_token, new_token, sealed, shelf_of, token_hash, unsealed, well_formed
from strategy.store.versions import Author, Deed, Version

WRONG = 10_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def plan(code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(start(load_sample(code, "en")).to_json())
    return found


def spoilt(token: str, draw: random.Random) -> str:
    """A token as it comes to harm: cut, a character changed, added, doubled, or made up."""
    at = draw.randrange(len(token))
    match draw.randrange(5):
        case 0:
            return token[:at]
        case 1:
            other = draw.choice([letter for letter in LETTERS + "=/+ %\0é" if letter != token[at]])
            return token[:at] + other + token[at + 1 :]
        case 2:
            return token + draw.choice(LETTERS)
        case 3:
            return token[:at] + token[at:] * 2
        case _:
            return "".join(draw.choices(LETTERS, k=len(token)))


# Tokens of plans -----------------------------------------------------------------------------------------------------


def test_a_token_has_128_bits_and_is_never_the_same() -> None:
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert all(map(well_formed, tokens))
    assert {len(base64.urlsafe_b64decode(f"{token}==")) for token in tokens} == {16}


def test_ten_thousand_wrong_tokens_open_nothing(tmp_path: Path) -> None:
    """Each is refused in a sentence of its own, or is a token of no plan."""
    database = Database(f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    token = new_token()
    write(database, token, Version(0, {"title": "a"}), {"title": "b"}, Deed("x"), Author("ann"))
    draw = random.Random(12)
    wrong = [spoilt(token, draw) for _ in range(WRONG)]
    forged, broken = (list(filter(well_formed, wrong)), [text for text in wrong if not well_formed(text)])
    assert min(len(forged), len(broken)) > 1000
    assert {open_plan(database, text) for text in forged} == {None}
    for text in broken:
        with pytest.raises(PlannerError) as refused:
            open_plan(database, text)
        assert refused.value.code == "link_opens_nothing"
    database.close()


@pytest.mark.parametrize("wrong", ["", "x", "A" * 21 + "B", "A" * 23, "A" * 22 + "\n", None, 7, "é" * 22])
def test_what_is_no_token_is_refused(wrong: Any) -> None:
    with pytest.raises(PlannerError) as refused:
        token_hash(wrong)
    assert refused.value.code == "link_opens_nothing"


def test_the_look_token_follows_from_the_edit_token_and_its_renewals() -> None:
    token = new_token()
    looks = [look_token(token, renewed) for renewed in range(100)]
    assert len({token, *looks}) == 101
    assert all(map(well_formed, looks))
    assert looks == [look_token(token, renewed) for renewed in range(100)]


@given(st.text(min_size=1), st.text())
def test_a_login_has_one_shelf_that_only_the_server_knows(secret: str, login: str) -> None:
    secret, login = (text.encode("utf-8", "ignore").decode() for text in (secret, login))
    assert well_formed(shelf_of(login, secret))
    assert shelf_of(login, secret) == shelf_of(login, secret) != shelf_of(login, secret + "x")


def test_a_sealed_token_is_noise_without_the_shelf() -> None:
    token, shelf, other = new_token(), new_token(), new_token()
    kept = [sealed(token, shelf) for _ in range(2)]
    assert [unsealed(seal, shelf) for seal in kept] == [token, token]
    assert unsealed(kept[0], other) != token
    assert kept[0] != kept[1]


# Share tokens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [sample.code for sample in SAMPLES])
def test_every_sample_travels_in_an_address(code: str) -> None:
    token = share_token(plan(code))
    assert token is not None
    assert len(token) <= documents.LONGEST_SHARE
    assert shared_document(token) == plan(code)


@given(
    st.dictionaries(
        st.text(),
        st.recursive(st.none() | st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False), st.lists),
    )
)
def test_a_round_trip_loses_nothing(document: dict[str, Any]) -> None:
    token = share_token(document)
    if token is not None:
        assert shared_document(token) == documents.plain(document)


def test_ten_thousand_wrong_share_tokens_are_refused() -> None:
    token = share_token(plan("telecom"))
    assert token is not None
    draw = random.Random(7)
    for _ in range(WRONG):
        with pytest.raises(PlannerError) as refused:
            shared_document(spoilt(token, draw))
        assert refused.value.code == "share_damaged"


def forged(body: bytes, version: bytes = documents.SHARE_VERSION) -> str:
    """A token with a right digest around anything."""
    digest = hashlib.sha256(b"every marketing euro" + version + body).digest()[: documents.DIGEST]
    return base64.urlsafe_b64encode(version + digest + body).decode().rstrip("=")


FORGED = {
    "a bomb": zlib.compress(b'{"a": "' + b"x" * (documents.SHARE_LARGEST + 1) + b'"}', 9),
    "no object": zlib.compress(b"[1]"),
    "no JSON": zlib.compress(b"{"),
    "no text": zlib.compress(b'{"a": "\xff"}'),
    "nested too deeply": zlib.compress(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "something behind": zlib.compress(b"{}") + b"x",
    "cut short": zlib.compress(b'{"a": 1}')[:-1],
    "not compressed": b"{}",
    "nothing": b"",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_share_token_that_somebody_made_is_refused(what: str) -> None:
    with pytest.raises(PlannerError) as refused:
        shared_document(forged(FORGED[what]))
    assert refused.value.code == "share_damaged"


def test_a_share_token_of_a_newer_planner_says_so() -> None:
    with pytest.raises(PlannerError) as refused:
        shared_document(forged(zlib.compress(b"{}"), b"\x02"))
    assert (refused.value.code, refused.value.fields["value"]) == ("share_newer", 2)


def test_a_plan_that_fits_no_address_goes_as_a_file() -> None:
    draw = random.Random(1)
    noise = ["".join(draw.choices(LETTERS, k=10)) for _ in range(2000)]
    assert share_token({"noise": noise}) is None


def test_the_longest_document_that_fits_is_shared_and_one_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    token = share_token({"a": 1})
    assert token is not None
    monkeypatch.setattr(documents, "LONGEST_SHARE", len(token))
    assert share_token({"a": 1}) == token
    monkeypatch.setattr(documents, "LONGEST_SHARE", len(token) - 1)
    assert share_token({"a": 1}) is None


# Kept documents ------------------------------------------------------------------------------------------------------


def test_a_kept_document_that_unpacks_too_far_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents.packed({"a": "x" * 1000})
    assert unpacked(kept) == {"a": "x" * 1000}
    monkeypatch.setattr(documents, "LARGEST", 1000)
    with pytest.raises(PlannerError) as refused:
        unpacked(kept)
    assert refused.value.code == "version_damaged"
    with pytest.raises(PlannerError) as refused:
        documents.packed({"a": "x" * 1000})
    assert refused.value.code == "plan_too_large"
