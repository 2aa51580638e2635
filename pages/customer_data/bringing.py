"""Bringing a file of purchases or contracts, and taking it away again."""

from functools import partial

import streamlit as st

from pages.customer_data import data_study
from pages.customer_data.data_study import Brought
from pages.frame import jobs, session, trouble, widgets
from pages.frame.fields import attempt
from strategy.case.samples import FOLDER
from strategy.customers.offered_files import KINDS, offered_file, offered_files
from strategy.customers.reading import reader
from strategy.customers.reading.folder import UNUSED_HOURS, PrivateFolder
from strategy.customers.reading.source import Source
from strategy.errors import PlannerError
from strategy.progress import Progress
from strategy.unreadable import foreign
from strategy.words.wording import N_, Wording, markdown_text, printable

WORK = ("data_read", "data_measure", "data_worth", "data_segments", "data_drift", "data_grouping", "data_lists")
"""Kinds of work on a file."""
LARGEST = 50
"""Megabytes that a file may have."""
SAMPLES = (
    ("transactions.csv", N_("Sample: a shop's purchases")),
    ("bike_shop.csv", N_("Sample: a web shop's orders and lines")),
    ("contracts.csv", N_("Sample: a list of contracts")),
)


def bring() -> None:
    """A file, or one of the samples; what cannot be read is said, and what was there stays."""
    say = session.say()
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    key = f"{data_study.key('data_upload')}_{data_study.now().refused}"
    with left:
        st.file_uploader(
            say.text("Purchases or contracts: CSV, Excel or Parquet, at most {size} MB", size=LARGEST),
            key=key,
            max_upload_size=LARGEST,
            on_change=_uploaded,
            args=(key,),
        )
        trouble.complaint("data_upload")
    if names := offered_files():
        with left:
            _offer(names, say)
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
    if candidate := data_study.now().candidate:
        _read(candidate, say)
    _about_unread(say)


def _read(candidate: Brought, say: Wording) -> None:
    """Reads a file; then it takes the place of the last one, with nothing of that one left."""
    key = str(candidate.path)
    if jobs.stopped("data_read", key) or not candidate.path.exists():
        _unread(candidate, None)
        return
    source: Source | None = jobs.result(
        "data_read", key, partial(_reading, candidate), session.plan(),
        say.text("Reading {file}", file=markdown_text(candidate.name)), True, partial(_unread, candidate),
    )  # fmt: skip
    if source:
        _let_go(data_study.now().brought)
        data_study.begin(brought=candidate, source=source)
        st.rerun()  # with the keys of this file, those drawn above too


def _reading(candidate: Brought, _: object, told: Progress) -> Source:
    """What is in a file, which is removed when that cannot be told, or nobody waits for it any more."""
    try:
        return reader.read_file(candidate.path, candidate.folder.inside("rows"), told)
    except BaseException:
        candidate.folder.remove()
        raise


def _unread(candidate: Brought, why: PlannerError | None) -> None:
    """Takes away a file that was refused, was stopped, or was left while it was read; the uploader forgets it too."""
    jobs.forget("data_read", candidate.folder.remove)
    data_study.change(candidate=None, unread=(candidate.name, why), refused=data_study.now().refused + 1)
    st.rerun()


def _about_unread(say: Wording) -> None:
    """Says of a file that was not read why, and that it is gone."""
    unread = data_study.now().unread
    if not unread:
        return
    name, why = unread
    if why:
        trouble.refused(why)
    st.caption(say.text("{file} was not read, and the planner keeps nothing of it.", file=markdown_text(name)))
    if brought():
        st.caption(say.text("What you had is still below."))


def _uploaded(key: str) -> None:
    file, say = widgets.held(key), session.say()
    trouble.forget("data_upload")
    if file is None:
        return
    name = str(file.name)
    if not name.lower().endswith(KINDS):
        told = say.text(
            "{file} is not a kind of file that can be read here: bring CSV, Excel (.xlsx) or Parquet.", file=name[:200]
        )
        trouble.complain("data_upload", told, name)
        return
    _take(name, file.getvalue())


def _offer(names: tuple[str, ...], say: Wording) -> None:
    """The files that lie on the server: what its owner put there may be larger than what can be sent."""
    key = f"{data_study.key('data_offered')}_{data_study.now().refused}"
    st.selectbox(
        say.text("Or a file on the server"), names, None, key=key, placeholder=say.text("choose one"),
        format_func=printable, on_change=_chosen, args=(key,),
    )  # fmt: skip


def _chosen(key: str) -> None:
    name = widgets.held(key)
    if name:
        _let_go(data_study.now().candidate)

        def keep() -> None:
            found = offered_file(str(name))
            with foreign("cannot_write", "file"):
                folder = PrivateFolder()
                data_study.change(candidate=Brought(folder, folder.link(found), str(name)), unread=None)

        attempt("data_upload", keep, str(name))


def _sample(file: str) -> None:
    _take(file, (FOLDER / "raw" / file).read_bytes())


def _take(name: str, content: bytes) -> None:
    """Keeps a file in a private folder, to be read; the disk may be full."""
    _let_go(data_study.now().candidate)

    def keep() -> None:
        with foreign("cannot_write", "file"):
            folder = PrivateFolder()
            data_study.change(candidate=Brought(folder, folder.keep(content), name), unread=None)

    attempt("data_upload", keep, name)


def forget() -> None:
    """A button that removes the file, and what it told, at once: from the plan and all its versions too."""
    say = session.say()
    st.button(
        say.text("Remove the file and what it told"), key="data_forget", icon=":material/delete:", on_click=_forget
    )
    trouble.complaint("data_forget")


def _forget() -> None:
    _let_go(data_study.now().candidate)
    _let_go(data_study.now().brought)
    trouble.forget("data_upload")
    data_study.begin()
    attempt("data_forget", session.remove_evidence)


def _let_go(file: Brought | None) -> None:
    """Ends the work on a file and removes it now, and again what that work wrote until it had ended."""
    if file:
        for kind in WORK:
            jobs.forget(kind, file.folder.remove)
        file.folder.remove()


def brought() -> tuple[Brought, Source] | None:
    """The file that is looked at, with what it holds; None once it has gone."""
    study = data_study.now()
    if study.brought is None or study.source is None or not study.brought.path.exists():
        return None
    study.brought.folder.use()
    return study.brought, study.source
