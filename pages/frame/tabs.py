"""Tabs of a page."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.frame import trouble


def tabs(key: str, views: Mapping[str, Callable[[], None]]) -> None:
    """Tabs of which only the open one is computed: {title in the reader's language: what draws it}."""
    for tab, view in zip(st.tabs(list(views), key=key, on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab, trouble.part():
                view()
