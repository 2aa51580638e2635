"""Writers of one process come in the order in which they asked."""

from threading import Event, Thread

import pytest

from strategy.store.turns import Turns

SOON = 20.0


def test_whoever_came_first_is_served_first() -> None:
    turns, served, threads = Turns(), [], []

    def come(number: int) -> None:
        with turns.turn(SOON):
            served.append(number)

    with turns.turn(SOON):
        for number in range(20):
            threads.append(Thread(target=come, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:
                Event().wait(0.001)
        assert served == []
    for thread in threads:
        thread.join(SOON)
    assert served == list(range(20))


def test_whoever_waited_in_vain_is_refused_and_the_next_still_comes() -> None:
    turns = Turns()
    with turns.turn(SOON):
        with pytest.raises(TimeoutError), turns.turn(0.01):
            pass
        assert not turns._waiting
    with turns.turn(0.01):
        pass
