"""What a process keeps of a stream: never a gap, never a part of a change. Pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slomix.web.frames import RING_LENGTH, Ring, frame, snapshot

steps = st.lists(st.sampled_from(["event", "other", "signal", "several"]), max_size=3 * RING_LENGTH)


@given(steps, st.integers(0, 50), st.data())
def test_who_comes_back_gets_all_he_misses_or_is_told_that_it_is_not_known(
    heard: list[str], floor: int, data: st.DataObject
) -> None:
    ring, last = Ring(floor), floor
    told: list[tuple[int, int]] = []
    for step in heard:
        if step == "event":
            last += 1
            told.append((last - 1, ring.add(last, "e", b"1").number))
        elif step == "other":
            last += 1
            ring.pass_over(last)
        elif step == "signal":
            ring.add(0, "s", b"1")
        else:
            told.append((last, ring.add(last + 3, "changes", b"1", base=last).number))
            last += 3
    seen = data.draw(st.integers(0, last + 5))
    missed = ring.after(seen)
    if missed is None:
        inside = any(base < seen < number for base, number in told)
        assert seen < ring.floor or seen > last or inside
    else:
        assert [entry.number for entry in missed] == [number for _, number in told if number > seen]


@given(st.integers(0, RING_LENGTH), st.integers(0, 2 * RING_LENGTH))
def test_what_was_told_before_goes_before(own: int, older: int) -> None:
    """As many of the older ones as have room; all after the floor are there."""
    start = 1000
    ring = Ring(start)
    for number in range(own):
        ring.add(start + 1 + number, "e", b"1")
    ring.look_back(start - 500, [(start - older + 1 + number, "e", b"1") for number in range(older)])
    missed = ring.after(ring.floor)
    assert missed is not None
    assert len(missed) <= RING_LENGTH
    numbers = [entry.number for entry in missed]
    assert numbers == list(range(start + own - len(numbers) + 1, start + own + 1))
    assert ring.floor == (start - 500 if len(numbers) == own + older else numbers[0] - 1 if numbers else start)
    assert ring.after(ring.floor - 1) is None
    assert ring.since(0, start) == missed[len(missed) - own :]


def test_a_state_that_is_older_than_what_is_kept_is_not_joined_to_it() -> None:
    ring = Ring(0)
    ring.add(1, "e", b"1")
    place = ring.place
    for number in range(RING_LENGTH + 1):
        ring.add(number + 2, "e", b"1")
    assert ring.since(place, 1) is None
    ring.reset(7)
    assert ring.since(place, 1) is None
    assert (ring.after(7), ring.after(8)) == ([], None)


def test_a_state_has_a_number_and_a_signal_has_none() -> None:
    assert frame(0, "x.Signal", b"{}") == b"event: x.Signal\ndata: {}\n\n"
    assert frame(3, "x.Event", b"{}") == b"id: 3\nevent: x.Event\ndata: {}\n\n"
    assert snapshot(0, b"[]") == b"id: 0\nevent: snapshot\ndata: []\n\n"
