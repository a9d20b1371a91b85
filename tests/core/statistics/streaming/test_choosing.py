"""The rows that are looked at first are the same ones, however rows are parted, ordered and counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.core.statistics.streaming.choosing import SAMPLE, arrange, choose
from coronet.core.statistics.streaming.joined import FileRows, JoinedRows

KEYS = np.arange(10_000, dtype=np.int64) * 7 - 30_000


@pytest.mark.parametrize("rows", [0, 1, SAMPLE])
def test_of_few_rows_all_are_chosen(rows: int) -> None:
    assert choose(KEYS, rows).all()


@pytest.mark.parametrize("times", [2, 10, 1000])
def test_of_many_rows_about_as_many_are_chosen(times: int) -> None:
    found = np.count_nonzero(choose(np.arange(SAMPLE, dtype=np.int64), times * SAMPLE)) * times
    assert found == pytest.approx(SAMPLE, rel=6 * (times / SAMPLE) ** 0.5)


@given(st.permutations(range(50)), st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_parts_in_any_order_have_the_same_rows_in_the_same_order(order: list[int], cut: int) -> None:
    def chosen(places: list[int]) -> JoinedRows:
        keys = KEYS[places]
        kept = np.flatnonzero(choose(keys, 2 * SAMPLE))
        said = FileRows(present=keys > 0, texts={"kind": keys % 3}, numbers={"said": keys / 2}, groups={"own": keys})
        whole = FileRows(numbers={"said": keys / 3})
        return JoinedRows(keys=keys, files=(said, whole), names=lambda at: [str(keys[place]) for place in at]).take(
            kept
        )

    def put_together(*parts: JoinedRows) -> JoinedRows:
        keys = np.concatenate([part.keys for part in parts])
        said = [part.files[0] for part in parts]
        files = (
            FileRows(
                present=np.concatenate([each.present for each in said if each.present is not None]),
                texts={"kind": np.concatenate([each.texts["kind"] for each in said])},
                numbers={"said": np.concatenate([each.numbers["said"] for each in said])},
                groups={"own": np.concatenate([each.groups["own"] for each in said])},
            ),
            FileRows(numbers={"said": np.concatenate([part.files[1].numbers["said"] for part in parts])}),
        )
        return JoinedRows(keys=keys, files=files)

    found = arrange(put_together(chosen(order[:cut]), chosen(order[cut:])))
    wanted = arrange(chosen([*range(50)]))
    assert 5 < len(wanted) < 45
    assert wanted.keys.tolist() != sorted(wanted.keys.tolist())
    np.testing.assert_array_equal(found.keys, wanted.keys)
    for mine, theirs in zip(found.files, wanted.files, strict=True):
        assert mine.present is theirs.present or np.array_equal(mine.present, theirs.present)  # type: ignore[arg-type]
        for name in ("texts", "numbers", "groups"):
            ours, others = getattr(mine, name), getattr(theirs, name)
            assert ours.keys() == others.keys()
            assert all(np.array_equal(ours[key], others[key]) for key in ours)
    np.testing.assert_array_equal(found.files[0].texts["kind"], found.keys % 3)
    np.testing.assert_array_equal(found.files[1].numbers["said"], found.keys / 3)
