"""Files of the server's own folder: only what its owner put there, and nothing where no folder is named."""

from pathlib import Path

import pytest

from strategy.customers.offered_files import FOLDER, offered_file, offered_files
from strategy.customers.reading.folder import PrivateFolder
from strategy.errors import PlannerError


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files, among things that are none of its own."""
    folder = tmp_path / "shelf"
    (folder / "deeper").mkdir(parents=True)
    for path in (
        folder / "a.csv",
        folder / "B.XLSX",
        folder / ".hidden.csv",
        folder / "keys.pem",
        tmp_path / "out.csv",
    ):
        path.write_text("customer,date,amount\n")
    (folder / "deeper" / "c.csv").write_text("")
    (folder / "d.csv").mkdir()
    (folder / "leads out.csv").symlink_to(tmp_path / "out.csv")
    (folder / "leads nowhere.csv").symlink_to(tmp_path / "none.csv")
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "deep link.csv").symlink_to(folder / "deeper" / "c.csv")
    (folder / "within.csv").symlink_to(folder / "a.csv")
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


def test_files_directly_in_the_folder_are_offered(shelf: Path) -> None:
    assert offered_files() == ("B.XLSX", "a.csv", "within.csv")
    assert offered_file("within.csv") == shelf / "a.csv"


@pytest.mark.parametrize(
    "name",
    ["../out.csv", "deeper/c.csv", "leads out.csv", "leads nowhere.csv", "circle.csv", "deep link.csv", ".hidden.csv",
     "keys.pem", "d.csv", "", ".", "..", "none.csv", "a.csv\0.csv", "x" * 5000 + ".csv", "{shelf}/a.csv", "./a.csv"],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(shelf: Path, name: str) -> None:
    with pytest.raises(PlannerError) as raised:
        offered_file(name.replace("{shelf}", str(shelf)))
    assert raised.value.code == "not_offered"


@pytest.mark.parametrize("given", [None, "", "  ", "/no/such/folder", "a\0b"])
def test_without_a_folder_nothing_is_offered(shelf: Path, monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    if given is None:
        monkeypatch.delenv(FOLDER)
    elif "\0" not in given:
        monkeypatch.setenv(FOLDER, given)
    else:
        monkeypatch.setattr("os.environ", {FOLDER: given})
    assert offered_files() == ()
    with pytest.raises(PlannerError):
        offered_file("a.csv")


def test_a_folder_that_is_a_link_is_the_one_it_leads_to(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shelf.parent / "link").symlink_to(shelf)
    monkeypatch.setenv(FOLDER, str(shelf.parent / "link"))
    assert offered_file("a.csv") == shelf / "a.csv"


def test_what_was_chosen_stays_where_it_lies(shelf: Path) -> None:
    private = PrivateFolder()
    linked = private.link(shelf / "a.csv")
    assert linked.read_text() == "customer,date,amount\n"
    private.remove()
    assert ((shelf / "a.csv").exists(), linked.exists()) == (True, False)
