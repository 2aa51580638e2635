"""Bringing a file of purchases or contracts, and taking it away again."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import jobs, session, trouble
from strategy.customers.folder import UNUSED_HOURS, PrivateFolder
from strategy.customers.source import Source, read_source
from strategy.samples import FOLDER
from strategy.wording import N_, markdown_text

KINDS = (".csv", ".txt", ".tsv", ".xlsx", ".parquet")
LARGEST = 50
"""Megabytes that a file may have."""
SAMPLES = (
    ("transactions.csv", N_("Sample: a shop's purchases")),
    ("contracts.csv", N_("Sample: a list of contracts")),
)


@dataclass(frozen=True)
class Brought:
    """A file that somebody brought, in a private folder that goes when nobody holds this any more."""

    folder: PrivateFolder
    path: Path
    name: str


def bring() -> None:
    """A file, or one of two samples; what cannot be read is said, and what was there stays."""
    say = session.say()
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        st.file_uploader(
            say.text("Purchases or contracts: CSV, Excel or Parquet, at most {size} MB", size=LARGEST),
            key=f"data_upload_{_uploads()}",
            max_upload_size=LARGEST,
            on_change=_uploaded,
            args=(f"data_upload_{_uploads()}",),
        )
        trouble.complaint("data_upload")
    with right, st.container(horizontal=True):
        for file, title in SAMPLES:
            st.button(say.text(title), key=f"try_{file}", icon=":material/science:", on_click=_sample, args=(file,))
    st.caption(
        say.text(
            "The file stays on this computer, in a private folder that goes when you remove it or have not looked for "
            "{hours} hours; nothing in it is run, and only totals go into a plan.",
            hours=UNUSED_HOURS,
        )
    )
    candidate: Brought | None = session.display("data_candidate")
    if candidate:
        path = candidate.path
        label = say.text("Reading {file}", file=markdown_text(candidate.name))
        source = jobs.result("data_read", str(path), lambda _, told: read_source(path, told), session.plan(), label)
        if source:
            for name, value in (("data", (candidate, source)), ("data_candidate", None), ("data_choices", {})):
                session.show(name, value)
            session.show("data_confirmed", None)
        elif brought():
            st.caption(say.text("What you had is still below."))


def _uploads() -> int:
    """Which uploader this is: a new one shows no file."""
    return int(session.display("data_uploads", 0))


def _emptied() -> None:
    """A new uploader, since what the old one shows is not what is looked at any more."""
    session.show("data_uploads", _uploads() + 1)
    session.complain("data_upload", "", None)


def _uploaded(key: str) -> None:
    file, say = session.held(key), session.say()
    session.complain("data_upload", "", None)
    if file is None:
        return
    name = str(file.name)
    if not name.lower().endswith(KINDS):
        told = say.text(
            "{file} is not a kind of file that can be read here: bring CSV, Excel (.xlsx) or Parquet.", file=name[:200]
        )
        session.complain("data_upload", name, told)
        return
    _take(name, file.getvalue())


def _sample(file: str) -> None:
    _emptied()
    _take(file, (FOLDER / "raw" / file).read_bytes())


def _take(name: str, content: bytes) -> None:
    folder = PrivateFolder()
    session.show("data_made", None)
    session.show("data_candidate", Brought(folder, folder.keep(content), name))


def forget() -> None:
    """A button that removes the file, and what it told, at once."""
    say = session.say()
    st.button(
        say.text("Remove the file and what it told"), key="data_forget", icon=":material/delete:", on_click=_forget
    )


def _forget() -> None:
    found = brought()
    if found:
        found[0].folder.remove()
    _emptied()
    for name in ("data", "data_made", "data_candidate", "data_confirmed", "data_asked", "data_kept", "study"):
        session.show(name, None)
    session.show("data_choices", {})


def brought() -> tuple[Brought, Source] | None:
    """The file that is looked at, with what it holds; None once it has gone."""
    found: tuple[Brought, Source] | None = session.display("data")
    if found is None or not found[0].path.exists():
        return None
    found[0].folder.use()
    return found
