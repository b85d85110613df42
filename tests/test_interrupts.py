"""Ctrl-C as a real signal, at the instants where it used to do harm."""

import os
import signal
import threading

import pytest

from whowhom.interrupts import Interrupts

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal that a test can send there")


@pytest.fixture(autouse=True)
def _handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def press():
    os.kill(os.getpid(), signal.SIGINT)


def is_interrupted(work):
    """Run this at once: it has to end as interrupted."""
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        work(interrupts)


def press_at(number, then=lambda: None):
    """Yield 0, 1, 2 …; Ctrl-C comes while `number` is being made."""
    for one in range(5):
        if one == number:
            try:
                press()
            except KeyboardInterrupt:
                then()
                raise
        yield one


def fail():
    raise RuntimeError("Query interrupted")


@pytest.mark.parametrize("then", [lambda: None, fail], ids=["as it is", "made another error by a library"])
def test_while_an_item_is_made_it_ends_the_items(then):
    """The block goes on to its end, so that what came can be kept, and the call ends as interrupted."""
    kept = []

    @is_interrupted
    def read(interrupts):
        kept.extend(interrupts.until_asked(press_at(2, then)))
        kept.append("closed")

    assert kept == [0, 1, "closed"]


def test_what_is_made_in_spite_of_it_is_dropped():
    """One who swallows the interrupt may have made anything of it."""

    def swallow():
        try:
            press()
        except KeyboardInterrupt:
            yield "half an article"
        yield "another"

    @is_interrupted
    def read(interrupts):
        assert list(interrupts.until_asked(swallow())) == []


def test_while_an_item_is_written_it_waits():
    """A write is finished, and no other item is taken."""
    written = []

    @is_interrupted
    def read(interrupts):
        for item in interrupts.until_asked(range(5)):
            if item == 1:
                press()
            written.append(item)

    assert written == [0, 1]


def test_letting_breaks_off():
    """Long work that leaves nothing half done need not be waited for, whatever its error then is."""

    @is_interrupted
    def build(interrupts):
        with interrupts.letting():
            try:
                press()
            except KeyboardInterrupt:
                fail()

    @is_interrupted
    def end_before_it(interrupts):
        press()
        interrupts.end_if_asked()
        pytest.fail("went on although it was asked to end")


def test_what_is_let_after_it_is_done():
    """A run that was asked to end may still bring into order what it wrote."""
    done = []

    @is_interrupted
    def recode(interrupts):
        list(interrupts.until_asked(press_at(1)))
        with interrupts.letting():
            done.append("built")

    assert done == ["built"]


def test_asked_twice_it_ends_at_once():
    """Somebody who presses again does not want to wait for the write."""

    @is_interrupted
    def write(interrupts):
        press()
        press()
        pytest.fail("went on")


def test_other_errors_stay_what_they_are():
    """Nothing is an interrupt that nobody asked for."""
    with pytest.raises(RuntimeError), Interrupts() as interrupts:
        list(interrupts.until_asked(fail() for _ in range(1)))


def test_in_another_thread_nothing_is_held_back():
    """Signals come to the main thread alone; elsewhere the items are passed on."""
    seen = []

    def work():
        with Interrupts() as interrupts:
            seen.extend(interrupts.until_asked(range(3)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [0, 1, 2]
