"""What the predictions tell, as part of evidence: written and read back, keys hidden, within its size."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.core.evidence import (
    Confusion,
    Curve,
    Curves,
    Evidence,
    Flip,
    Keys,
    evidence_from_json,
    hash_key,
    hash_keys,
)
from coronet.core.evidence.fitting import LIMIT, fit
from tests.core.examples import evidence, fact
from tests.core.predictions import CONFUSION, MOVED, RESIDUALS, baseline, change, changes, curves, mover

WHOLE = evidence(
    fact(),
    changes=changes(change(), change(0.1, segment={"region": "north"}, weighted=0.2), change(None, problem="odd")),
    baseline=baseline(fact("log_loss", 0.4, 0.69)),
    curves=curves(left_out=("something",)),
    confusion=replace(CONFUSION, left_out=("something",)),
)
NUMBERS = evidence(fact("mae", 3.0, 4.0), changes=MOVED, curves=RESIDUALS, baseline=baseline(left_out={}))
FEW = evidence(fact(), changes=changes(movers=(), keys=Keys.HASHED, flips=(), moves=None, left_out=()))
ALONE = evidence(fact(champion=None), confusion=replace(CONFUSION, champion=None, missing=0), curves=RESIDUALS)


@pytest.mark.parametrize("made", [WHOLE, NUMBERS, FEW, ALONE], ids=["whole", "numbers", "few", "alone"])
def test_sections_are_read_back(made: Evidence) -> None:
    written = json.loads(made.to_bytes())
    assert evidence_from_json(written) == made
    document = FileDocuments().parse(made.to_bytes(), file="evidence.json")
    assert FileDocuments().validate(document, "evidence") == ()


def test_evidence_without_them_has_no_word_of_them() -> None:
    bare = evidence(fact())
    assert not {"changes", "baseline", "curves", "confusion"} & bare.to_json().keys()
    assert evidence_from_json(bare.to_json()) == bare


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("changes", "shares", 0, "share", "value"), 1.2),
        (("changes", "keys"), "plain"),
        (("changes", "movers", 0, "champion"), {}),
        (("curves", "candidate", "roc", "x"), "0"),
        (("baseline", "source"), "nowhere"),
        (("confusion", "candidate", 0, 0), -1),
    ],
)
def test_what_no_section_may_hold(path: tuple[str | int, ...], wrong: object) -> None:
    written = json.loads(WHOLE.to_bytes())
    place: Any = written
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = wrong
    document = FileDocuments().parse(json.dumps(written).encode(), file="evidence.json")
    assert FileDocuments().validate(document, "evidence")


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_is_hidden_behind_the_beginning_of_its_digest() -> None:
    hidden = hash_keys(changes(), "churn", "evaluation")
    expected = hashlib.sha256(b'["churn","evaluation","a17"]\n').hexdigest()[:16]
    assert [each.key for each in hidden.movers] == [expected]
    assert hidden.keys is Keys.HASHED
    assert hash_key("a17", "churn", "evaluation") == expected
    assert "a17" not in json.dumps(evidence(changes=hidden).to_json())


def test_the_same_key_has_another_name_in_other_data() -> None:
    assert hash_key("a17", "churn", "march") != hash_key("a17", "churn", "april")


# --- size -----------------------------------------------------------------------------------------


def test_what_fits_is_left_alone() -> None:
    assert fit(WHOLE) is WHOLE


def test_the_curves_are_thinned_first_and_keep_their_ends() -> None:
    large = evidence(curves=curves(4001), changes=changes(left_out=()))
    thinned = fit(large, limit=len(large.to_bytes()) - 1)
    assert thinned.curves is not None
    assert thinned.changes == large.changes
    roc = thinned.curves.candidate["roc"]
    assert len(roc) == 2001
    assert (roc.columns["x"][0], roc.columns["x"][1], roc.columns["x"][-1]) == (0.0, 2 / 4000, 1.0)
    assert roc.off_by is None
    assert thinned.curves.left_out == ("every other point of the curves: evidence has at most 300 kB",)


def test_an_even_number_of_points_keeps_its_last() -> None:
    large = evidence(curves=Curves(candidate={"roc": Curve(columns={"x": (0.0, 0.1, 0.2, 0.3) * 50})}))
    thinned = fit(large, limit=len(large.to_bytes()) - 1)
    assert thinned.curves is not None
    assert thinned.curves.candidate["roc"].columns["x"] == (*(0.0, 0.2) * 50, 0.3)


def test_what_still_does_not_fit_is_left_out_with_the_reason() -> None:
    movers = tuple(mover(key=f"{place:05d}") for place in range(50))
    flips = tuple(Flip(champion=f"c{place}", candidate="d", rows=2, right=1) for place in range(50))
    matrix = tuple(tuple(range(1000, 1032)) for _ in range(32))
    large = replace(
        WHOLE,
        changes=changes(movers=movers, flips=flips, other_flips=7),
        curves=curves(60),
        confusion=Confusion(
            classes=tuple(f"c{place}" for place in range(32)), weighted=True, candidate=matrix, champion=matrix
        ),
    )
    smaller = fit(large, limit=20_000)
    assert smaller.changes is not None
    assert smaller.confusion is not None
    assert len(smaller.changes.movers) == len(smaller.changes.flips) == 5
    assert smaller.changes.other_flips == 7 + 45 * 2
    assert smaller.changes.left_out[-1] == "more than 5 rows and flips: evidence has at most 300 kB"
    assert smaller.confusion == Confusion(
        classes=(), weighted=True, candidate=(), left_out=("the matrices: evidence has at most 300 kB",)
    )
    least = fit(large, limit=0)
    assert least.curves == Curves(candidate={}, left_out=("the curves: evidence has at most 300 kB",))
    assert least.changes is not None
    assert (least.changes.movers, least.changes.flips, least.changes.other_flips) == ((), (), 107)
    assert least.changes.left_out == ("something", "rows and flips: evidence has at most 300 kB")
    assert least.changes.shares == large.changes.shares if large.changes else False
    assert (least.metrics, least.baseline) == (large.metrics, large.baseline)
    assert evidence_from_json(json.loads(least.to_bytes())) == least


def test_evidence_without_sections_has_nothing_to_leave_out() -> None:
    bare = evidence(fact())
    assert fit(bare, limit=0) == bare


@pytest.mark.parametrize("segments", [1, 50, 300])
@pytest.mark.parametrize("classes", [2, 32])
def test_whatever_the_classes_and_segments_it_stays_below_300_kb(classes: int, segments: int) -> None:
    """As far as the facts that gates judge leave room: they are never left out."""
    names = tuple(f"class {place} with a long name" for place in range(classes))
    matrix = tuple(tuple(100_000 + place for place in range(classes)) for _ in range(classes))
    facts = [fact("log_loss", segment=_segment(place)) for place in range(segments)]
    made = fit(
        evidence(
            *facts,
            changes=changes(
                *(change(segment=_segment(place)) for place in range(segments)),
                flips=tuple(Flip(champion=one, candidate=other, rows=9, right=3) for one in names for other in names)[
                    :50
                ],
                movers=tuple(mover(key=f"{place:016d}") for place in range(100)),
            ),
            curves=curves(60),
            confusion=Confusion(classes=names, weighted=False, candidate=matrix, champion=matrix),
        )
    )
    assert len(made.to_bytes()) <= LIMIT
    assert made.changes is not None
    assert len(made.changes.shares) == segments


def _segment(place: int) -> Mapping[str, str]:
    return {} if place == 0 else {"region": f"region {place}"}
