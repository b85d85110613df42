"""Lanes: how many pages are worked on at a time."""

import threading
from contextlib import ExitStack

from whowhom.web.lanes import Lanes, count_lanes


def test_no_more_are_at_work_than_there_are_lanes():
    """The others wait, and each comes in its turn."""
    lanes = Lanes(2, long_s=60)
    lock, at_work, most, done = threading.Lock(), [], [], []

    def work(number):
        with lanes.lane():
            with lock:
                at_work.append(number)
                most.append(len(at_work))
            threading.Event().wait(0.01)
            with lock:
                at_work.remove(number)
                done.append(number)

    threads = [threading.Thread(target=work, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(20))
    assert max(most) == 2


def test_slow_ones_hold_nobody_up():
    """However many there are, others go on beside them."""
    lanes = Lanes(2, long_s=0.02)
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(lanes.lane())


def test_lane_is_free_again_after_an_error():
    """Also where the work failed."""
    lanes = Lanes(1, long_s=60)
    for _ in range(3):
        try:
            with lanes.lane():
                raise ValueError
        except ValueError:
            pass
    with lanes.lane():
        pass


def test_there_are_more_lanes_than_cores():
    """Somebody who waits for the disk holds up nobody."""
    assert count_lanes() >= 4
