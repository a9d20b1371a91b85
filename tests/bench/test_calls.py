"""What verbs ask of GitHub stays within what they may, and does not grow with the repository."""

import pytest

from tests.bench.calls import SIZES, Count, counts_of


def test_every_verb_keeps_its_limit() -> None:
    counts = {count.verb: count for count in counts_of(SIZES[0])}
    assert len(counts) == 4
    assert all(count.is_kept for count in counts.values()), counts
    assert counts["gate"].calls == 0


@pytest.mark.slow
def test_a_repository_that_has_grown_costs_no_call_more() -> None:
    assert counts_of(SIZES[1]) == counts_of(SIZES[0])


def test_a_limit_that_is_not_kept_is_said() -> None:
    over = Count(verb="gate", calls=7, exchanges=1, at_most=6)
    assert not over.is_kept
    assert over.to_text().endswith("NOT KEPT")
