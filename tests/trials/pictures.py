"""Every page photographed, and how high it is: to look at before and after the look changes.

    python tests/trials/pictures.py FOLDER [--sizes 1400,1920,360] [--languages en,nl] [--themes light,dark]
        [--sample web_shop] [--pages firm,whom] [--present]

Writes FOLDER/<page>_<language>_<width>_<theme>.png (the first screen), ..._whole.png (the whole page), with `--present`
..._present.png, and FOLDER/heights.md: each page's height in pixels and screens.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from pages.frame import place
from strategy.case.samples import load_sample, sample_origins
from strategy.plan.moves import begin
from strategy.store.documents import share_token
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.screen import PATIENCE, ROOT, served

HEIGHTS = {1400: 900, 1920: 1080, 360: 740}
PAGES = (
    "firm", "customer-data", "sixty-minutes", "whom", "how-far", "what-more", "why-stay", "what-it-takes",
    "every-euro", "numbers", "one-page", "words",
)  # fmt: skip
WHOLE = "document.querySelector('[data-testid=stMain]').scrollHeight"
HIGHEST = 12_000
DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"""
CALM = 800
"""Milliseconds that a page needs for its last letters after all of it is there."""


def address(url: str, page: str, sample: str, language: str) -> str:
    """A page with a sample's plan, which travels in the address: nothing has to be kept for it."""
    document = place.document_of(begin(load_sample(sample, language), sample_origins(sample, language)))
    return f"{url}/{'' if page == PAGES[0] else page}?{urlencode({'shared': share_token(document), 'lang': language})}"


def arrive(page: Page, asked: str) -> None:
    """Open a page and wait until all of it is there."""
    page.goto(asked)
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.wait_for_timeout(CALM)
    page.wait_for_function(DRAWN, timeout=PATIENCE)


def height_of(page: Page) -> int:
    """Pixels from the top of the window to the end of the page."""
    top = page.evaluate("document.querySelector('[data-testid=stMain]').getBoundingClientRect().top")
    return int(top + page.evaluate(WHOLE))


def photographed(page: Page, path: Path, width: int) -> int:
    """The first screen and the whole page as pictures; the page's height."""
    page.screenshot(path=f"{path}.png")
    height = height_of(page)
    page.set_viewport_size({"width": width, "height": min(height, HIGHEST)})
    page.wait_for_timeout(CALM)
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.screenshot(path=f"{path}_whole.png")
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    return height


def presented(page: Page, path: Path) -> None:
    """The page while presenting, where it has a button for it."""
    button = page.locator(".st-key-present button").first
    if button.count() and button.is_visible():
        button.click()
        page.wait_for_timeout(CALM)
        page.wait_for_function(DRAWN, timeout=PATIENCE)
        page.wait_for_timeout(CALM)
        page.screenshot(path=f"{path}_present.png")


@contextmanager
def window(browser: Browser, width: int, theme: str) -> Iterator[Page]:
    """A page of its own in a window of a width, light or dark."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=theme,
        locale="en-GB",  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def main() -> int:
    """Photograph, write the table, print it."""
    told = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    told.add_argument("folder", type=Path)
    told.add_argument("--sizes", default="1400")
    told.add_argument("--languages", default="en")
    told.add_argument("--themes", default="light")
    told.add_argument("--sample", default="web_shop")
    told.add_argument("--pages", default=",".join(PAGES))
    told.add_argument("--present", action="store_true")
    given = told.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    lines = ["| page | language | width | theme | height | screens |", "|---|---|---|---|---|---|"]
    shown = list(product(map(int, given.sizes.split(",")), given.languages.split(","), given.themes.split(",")))
    with tempfile.TemporaryDirectory() as store, sync_playwright() as playwright:
        os.environ["DATABASE_URL"] = f"sqlite:///{store}/plans.sqlite"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        with served(ROOT / "app.py") as url:
            for (width, language, theme), name in product(shown, given.pages.split(",")):
                path = given.folder / f"{name}_{language}_{width}_{theme}"
                with window(browser, width, theme) as page:
                    arrive(page, address(url, name, given.sample, language))
                    height = photographed(page, path, width)
                    if given.present:
                        presented(page, path)
                line = f"| {name} | {language} | {width} | {theme} | {height} | {height / HEIGHTS[width]:.1f} |"
                print(line, flush=True)
                lines.append(line)
        browser.close()
    (given.folder / "heights.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
