"""What people are shown of the predictions: by hand, against other libraries, and the same however rows are parted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_curve

from coronet.core.evidence import Baseline, Beyond, Curve, Curves, LabelSource, Said, Task
from coronet.core.statistics import Columns, Predictions, SegmentColumn, Specification
from coronet.core.statistics.columns import Constants, Floats, Pictures
from coronet.core.statistics.streaming import State, make_plan
from coronet.core.statistics.streaming.pictures.constant import measure_beside
from coronet.core.statistics.streaming.pictures.drawing import MOST_POINTS, PIXEL, thin
from coronet.core.statistics.streaming.pictures.magnitudes import (
    LEVELS,
    SIGNED,
    find_quantiles,
    signed_levels,
    size_levels,
)
from coronet.core.statistics.streaming.pictures.sections import Sections, describe_columns, describe_state
from coronet.core.wilson import wilson
from tests.core.statistics.rows import binary_predictions, number_predictions
from tests.core.statistics.streaming.alike import assert_alike
from tests.core.statistics.streaming.both_ways import asking, part_of, plan_of, rows_of, state_of

METRICS = {
    Task.BINARY: ("roc_auc", "log_loss", "accuracy", "precision"),
    Task.MULTICLASS: ("accuracy", "f1_macro", "log_loss"),
    Task.REGRESSION: ("mae", "rmse", "within_10_percent"),
}
FORMS: Mapping[str, Callable[[Columns], Columns]] = {
    "paired": lambda columns: columns,
    "alone": lambda columns: replace(columns, champion=None),
    "without weight on some": lambda columns: replace(columns, weight=np.where(np.arange(len(columns)) % 7, 1.5, 0.0)),
    "weighted": lambda columns: replace(columns, weight=(np.arange(len(columns)) % 3 + 0.5).astype(np.float64)),
    "the same twice": lambda columns: replace(columns, champion=columns.candidate),
    "classes alone": lambda columns: _without_scores(columns),
    "broken": lambda columns: _broken(columns),
}


def named(columns: Columns) -> Columns:
    """With keys, the last of which would come first as texts."""
    return replace(columns, names=lambda places: [f"k{len(columns) - place}" for place in places.tolist()])


def _without_scores(columns: Columns) -> Columns:
    sides = [side and replace(side, scores=None) for side in (columns.candidate, columns.champion)]
    return replace(columns, candidate=sides[0], champion=sides[1]) if sides[0] else columns


def _broken(columns: Columns) -> Columns:
    """The candidate says nothing of three rows."""
    there = np.arange(len(columns)) > 2
    said = columns.candidate
    scores = said.scores
    if scores is not None:
        scores = np.where(there if scores.ndim == 1 else there[:, np.newaxis], scores, np.nan)
    return replace(
        columns,
        candidate=Predictions(
            values=None if said.values is None else np.where(there, said.values, np.nan),
            codes=None if said.codes is None else np.where(there, said.codes, -1),
            scores=scores,
        ),
    )


def asked(task: Task, *metrics: str, **pictures: Any) -> Specification:
    return replace(asking(task, *(metrics or METRICS[task])), pictures=Pictures(**pictures))


def streamed(columns: Columns, specification: Specification) -> Sections:
    return describe_state(state_of(plan_of(columns, specification), columns))


def baseline_of(shown: Sections) -> Baseline:
    assert shown.baseline is not None
    return shown.baseline


def binary(label: list[int], candidate: list[float], champion: list[float], **fields: Any) -> Columns:
    ours, theirs = (binary_predictions(np.array(scores)) for scores in (candidate, champion))
    return named(Columns(label=np.array(label), candidate=ours, champion=theirs, **fields))


# --- the same, however rows are parted ------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("task", list(Task))
def test_held_in_memory_or_streamed_the_same_is_shown(task: Task, form: str) -> None:
    columns = FORMS[form](named(rows_of(task)))
    exact, other = describe_columns(columns, asked(task)), streamed(columns, asked(task))
    assert other.changes == exact.changes
    assert other.confusion == exact.confusion
    assert (other.curves is None) == (exact.curves is None)
    ours, theirs = baseline_of(exact), baseline_of(other)
    assert (theirs.predicts, theirs.rows, theirs.left_out) == (ours.predicts, ours.rows, ours.left_out)
    for one, same in zip(ours.metrics, theirs.metrics, strict=True):
        assert (same.metric, same.rows, same.problem) == (one.metric, one.rows, one.problem)
        within = 1e-3 if one.metric == "roc_auc" else 1e-9
        for name in ("candidate", "champion", "interval", "candidate_interval"):
            wanted = getattr(one, name)
            assert getattr(same, name) == (wanted if wanted is None else pytest.approx(wanted, abs=within)), name


@pytest.mark.parametrize("task", list(Task))
def test_in_parts_that_are_merged_in_any_order_the_same_is_shown(task: Task) -> None:
    columns = named(rows_of(task, weighted=True))
    specification = asked(task, *METRICS[task], *(("mdape",) if task is Task.REGRESSION else ()))
    plan = plan_of(columns, specification)
    whole = describe_state(state_of(plan, columns))
    parts = [columns.pick(np.arange(start, min(start + 90, 400))) for start in range(0, 400, 90)]
    state = State(plan)
    for part in reversed(parts):
        state.merge(state_of(plan, part))
    merged = describe_state(state)
    assert merged.changes is not None
    assert whole.changes is not None
    assert merged.changes.movers == whole.changes.movers
    assert merged.changes.flips == whole.changes.flips
    assert merged.curves == whole.curves
    assert merged.confusion == whole.confusion
    found, wanted = (each.changes.shares for each in (merged, whole) if each.changes)
    assert [each.changed for each in found] == [each.changed for each in wanted]


@pytest.mark.parametrize("form", ["alone", "paired"])
def test_matrices_and_steps_of_their_own_are_merged_too(form: str) -> None:
    """Where no metric counts cells or levels, and whether there is a champion or not."""
    columns = FORMS[form](named(rows_of(Task.BINARY)))
    plan = plan_of(columns, asked(Task.BINARY, "log_loss"))
    state = State(plan)
    for start in (0, 200):
        state.merge(state_of(plan, columns.pick(np.arange(start, start + 200))))
    merged, whole = describe_state(state), describe_state(state_of(plan, columns))
    assert merged.confusion == whole.confusion
    assert merged.curves == whole.curves
    assert (merged.changes is None) == (form == "alone")


@pytest.mark.parametrize("metric", ["average_precision", "ks", "gini"])
def test_a_constant_score_is_worth_the_same_held_in_memory_or_streamed(metric: str) -> None:
    columns = named(rows_of(Task.BINARY, 2000, ties=True))
    exact, other = (way(columns, asked(Task.BINARY, metric)) for way in (describe_columns, streamed))
    (one,), (same,) = baseline_of(exact).metrics, baseline_of(other).metrics
    assert same.champion == pytest.approx(one.champion, abs=1e-12)
    assert same.candidate == pytest.approx(one.candidate, abs=1e-9)
    assert same.interval == pytest.approx(one.interval, abs=0.01)


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_classes_that_a_constant_knows_are_those_of_all_rows(task: Task, weighted: bool) -> None:
    """Whatever rows were looked at first: here, of one class alone."""
    rows = rows_of(task, weighted=weighted)
    columns = named(part_of(rows, np.argsort(rows.label, kind="stable")))
    plan = make_plan(part_of(columns, np.arange(40)), asked(task), rows=len(columns))
    exact, other = (
        baseline_of(each) for each in (describe_columns(columns, asked(task)), describe_state(state_of(plan, columns)))
    )
    assert other.source is LabelSource.MEASURED
    assert_alike(exact.predicts, other.predicts)
    assert other.rows == exact.rows
    for one, same in zip(exact.metrics, other.metrics, strict=True):
        if one.metric != "roc_auc":
            assert same.champion == pytest.approx(one.champion, abs=1e-12)
            assert same.interval == pytest.approx(one.interval, abs=1e-9)


@pytest.mark.parametrize("task", list(Task))
def test_where_a_constant_was_needed_before_all_rows_it_says_so(task: Task) -> None:
    columns = replace(named(rows_of(task)), cluster=np.arange(400) % 20)
    assert baseline_of(streamed(columns, replace(asked(task), cluster="customer"))).source is LabelSource.SAMPLE
    known = Constants(
        source=LabelSource.TRAINING, rows=9, shares=(0.2,) * len(asked(task).classes), mean=1.0, median=2.0
    )
    assert baseline_of(streamed(columns, asked(task, constants=known))).source is LabelSource.TRAINING


def test_of_numbers_a_constants_worth_is_not_known() -> None:
    columns = rows_of(Task.REGRESSION)
    state = state_of(plan_of(columns, asked(Task.REGRESSION, "mae")), columns)
    with pytest.raises(KeyError, match="mae"):
        measure_beside(state, "mae", state.plan.constants, 0)


@pytest.mark.parametrize("metric", ["log_loss", "brier"])
@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_guessing_is_not_beaten_by_guessing(task: Task, metric: str) -> None:
    """The shares of the labels, always said, held in memory or streamed."""
    columns = rows_of(task)
    shares = np.bincount(columns.label.astype(np.int64)) / len(columns)
    said = np.full(len(columns), shares[1]) if task is Task.BINARY else np.tile(shares, (len(columns), 1))
    guess = replace(columns, candidate=replace(columns.candidate, scores=said))
    exact, other = (way(guess, asked(task, metric)) for way in (describe_columns, streamed))
    (one,), (same,) = baseline_of(exact).metrics, baseline_of(other).metrics
    assert same.difference == pytest.approx(0, abs=1e-12)
    assert same.interval == pytest.approx(one.interval, abs=1e-9)


def test_without_scores_there_is_no_area_to_know() -> None:
    columns = _without_scores(named(rows_of(Task.BINARY)))
    fact = baseline_of(streamed(columns, asked(Task.BINARY, "roc_auc"))).metrics[0]
    assert (fact.candidate, fact.problem) == (None, "there are no scores")
    assert fact.method.startswith("not measured")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("task", list(Task))
def test_what_was_sent_as_arrays_and_keys_shows_the_same(task: Task, form: str) -> None:
    columns = FORMS[form](named(rows_of(task)))
    plan = plan_of(columns, asked(task))
    state, again = state_of(plan, columns), State(plan)
    again.restore([each.copy() for each in state.arrays()], state.keys)
    assert describe_state(again) == describe_state(state)
    assert len(again.keys) == (0 if form in ("alone", "the same twice") else 20)


def test_keys_of_other_rows_are_refused() -> None:
    paired = named(rows_of(Task.BINARY))
    for columns, message in ((paired, "there are 1 keys of 20 rows"), (FORMS["alone"](paired), "nothing changes")):
        state = state_of(plan_of(columns, asked(Task.BINARY)), columns)
        with pytest.raises(ValueError, match=message):
            state.restore(state.arrays(), ("k1",))


def test_nothing_is_shown_where_nothing_is_asked() -> None:
    columns = rows_of(Task.BINARY)
    with pytest.raises(KeyError, match="pictures"):
        describe_state(state_of(plan_of(columns, asking(Task.BINARY, "accuracy")), columns))


@pytest.mark.parametrize("task", list(Task))
def test_without_rows_there_is_little_to_show(task: Task) -> None:
    columns = named(part_of(rows_of(task), np.empty(0, dtype=np.int64)))
    shown = describe_columns(columns, asked(task))
    assert shown.changes is not None
    (overall,) = shown.changes.shares
    assert (overall.rows, overall.share, overall.problem) == (0, None, "there are no rows that count")
    assert shown.changes.moves is None
    assert shown.curves is None
    assert all(fact.candidate is None for fact in baseline_of(shown).metrics)


# --- what changes ---------------------------------------------------------------------------------


def test_flips_by_hand() -> None:
    segments = {"area": SegmentColumn(names=("east", "west"), codes=np.array([0, 0, 1, 1, 1]))}
    rows = binary([1, 0, 1, 0, 1], [0.9, 0.8, 0.25, 0.1, 0.7], [0.1, 0.2, 0.8, 0.3, 0.6], segments=segments)
    changes = describe_columns(rows, replace(asked(Task.BINARY), segments=("area",))).changes
    assert changes is not None
    assert (changes.of, changes.beyond, changes.left_out) == (Said.CLASS, None, ())
    assert [(each.segment, each.rows, each.changed) for each in changes.shares] == [
        ({}, 5, 3),
        ({"area": "east"}, 2, 2),
        ({"area": "west"}, 3, 1),
    ]
    overall = changes.shares[0].share
    assert overall is not None
    assert (overall.value, overall.interval) == (0.6, wilson(0.6, 5, confidence=0.95))
    assert [(each.champion, each.candidate, each.rows, each.right) for each in changes.flips] == [
        ("no", "yes", 2, 1),
        ("yes", "no", 1, 0),
    ]
    assert [(each.key, each.label) for each in changes.movers] == [
        ("k5", "yes"),
        ("k4", "no"),
        ("k3", "yes"),
        ("k2", "no"),
        ("k1", "yes"),
    ]
    first = changes.movers[0]
    assert first.distance == pytest.approx(0.8)
    assert (first.champion.label, first.champion.score) == ("no", 0.1)
    assert (first.candidate.label, first.candidate.score) == ("yes", 0.9)
    assert (first.segments, first.weight) == ({"area": "east"}, None)
    moves = changes.moves
    assert moves is not None
    assert (moves.of, moves.amount) == (Said.SCORE, 0.1)
    assert moves.mean == pytest.approx((0.8 + 0.6 + 0.55 + 0.2 + 0.1) / 5)
    assert moves.largest == pytest.approx(0.8)


def test_weights_count_beside_the_rows() -> None:
    weight = np.array([3.0, 1.0, 0.0])
    rows = binary([1, 0, 1], [0.9, 0.2, 0.9], [0.1, 0.2, 0.1], weight=weight)
    changes = describe_columns(rows, replace(asked(Task.BINARY), segments=())).changes
    assert changes is not None
    (overall,) = changes.shares
    assert (overall.rows, overall.changed) == (2, 1)
    assert overall.share is not None
    assert overall.share.value == 0.5
    assert overall.weighted is not None
    assert overall.weighted.value == 0.75
    assert overall.weighted.interval == wilson(0.75, 16 / 10, confidence=0.95)
    assert changes.flips[0].weight == 3.0
    assert changes.movers[0].weight == 3.0


def numbers(candidate: list[float], champion: list[float]) -> Columns:
    ours, theirs = (number_predictions(np.array(values)) for values in (candidate, champion))
    return named(Columns(label=np.full(len(candidate), 100.0), candidate=ours, champion=theirs))


def test_a_number_has_moved_by_more_than_a_tenth_of_the_champions() -> None:
    rows = numbers([110.0, 111.0, 89.0, 0.0], [100.0, 100.0, 100.0, 0.0])
    changes = describe_columns(rows, replace(asked(Task.REGRESSION), segments=())).changes
    assert changes is not None
    assert (changes.of, changes.beyond) == (Said.VALUE, Beyond(amount=0.1, relative=True))
    assert changes.shares[0].changed == 2
    assert changes.flips == ()
    assert changes.moves is not None
    assert (changes.moves.beyond, changes.moves.amount) == (None, None)
    assert [(each.key, each.distance) for each in changes.movers] == [("k2", 11.0), ("k3", 11.0), ("k4", 10.0)]
    assert changes.movers[0].candidate.value == 89.0


def test_what_it_is_to_move_can_be_said() -> None:
    rows = numbers([110.0, 111.0, 89.0, 0.0], [100.0, 100.0, 100.0, 0.0])
    changes = describe_columns(rows, replace(asked(Task.REGRESSION, moved_by=10.5), segments=())).changes
    assert changes is not None
    assert changes.beyond == Beyond(amount=10.5)
    assert changes.shares[0].changed == 2
    assert changes.moves is not None
    assert changes.moves.beyond is not None
    assert changes.moves.beyond.value == 0.5
    scores = binary([1, 0], [0.9, 0.2], [0.6, 0.21])
    moved = describe_columns(scores, replace(asked(Task.BINARY, moved_by=0.005), segments=())).changes
    assert moved is not None
    assert moved.moves is not None
    assert moved.moves.beyond is not None
    assert moved.moves.beyond.value == 1.0


def test_probabilities_move_by_what_goes_from_class_to_class() -> None:
    shares = [np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])]
    ours, theirs = (Predictions(scores=each, codes=each.argmax(axis=1)) for each in shares)
    rows = named(Columns(label=np.array([0]), candidate=ours, champion=theirs))
    changes = describe_columns(rows, replace(asked(Task.MULTICLASS), segments=())).changes
    assert changes is not None
    assert changes.moves is not None
    assert changes.moves.of is Said.PROBABILITIES
    assert changes.movers[0].distance == pytest.approx(0.3)
    assert (changes.movers[0].candidate.label, changes.movers[0].candidate.score) == ("a", 0.5)
    assert (changes.movers[0].champion.label, changes.movers[0].champion.score) == ("c", 0.5)


def test_without_predicted_classes_nothing_changes_and_curves_are_drawn() -> None:
    shares = [np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])]
    ours, theirs = (Predictions(scores=each, codes=None) for each in shares)
    rows = named(Columns(label=np.array([0]), candidate=ours, champion=theirs))
    shown = describe_columns(rows, replace(asked(Task.MULTICLASS, "log_loss"), segments=()))
    assert shown.changes is None
    assert shown.confusion is None
    assert shown.curves is not None


def test_a_row_of_which_the_candidate_says_nothing_leaves_no_share() -> None:
    rows = _broken(named(rows_of(Task.BINARY)))
    shown = describe_columns(rows, asked(Task.BINARY))
    assert shown.changes is not None
    overall = shown.changes.shares[0]
    assert (overall.share, overall.problem) == (None, "3 of 400 predictions are missing or not finite")
    assert "k400" not in {mover.key for mover in shown.changes.movers}
    assert shown.curves is not None
    assert shown.curves.left_out == ("curves of the candidate: 3 predictions are missing or not finite",)
    assert not shown.curves.candidate
    assert shown.curves.champion
    assert shown.confusion is not None
    assert shown.confusion.missing == 3


def test_rows_without_keys_are_not_shown() -> None:
    changes = describe_columns(rows_of(Task.BINARY), asked(Task.BINARY)).changes
    assert changes is not None
    assert changes.movers == ()
    assert changes.left_out == ("the rows that moved farthest: these rows have no keys",)


def test_as_many_rows_are_shown_as_are_asked_for() -> None:
    rows = named(rows_of(Task.BINARY))
    for most in (0, 3):
        changes = describe_columns(rows, asked(Task.BINARY, movers=most)).changes
        assert changes is not None
        assert len(changes.movers) == most


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0.1, 0.3, 0.6, 0.9]), min_size=1, max_size=60), st.integers(1, 20))
def test_those_shown_moved_farthest_however_many_are_as_far(scores: list[float], size: int) -> None:
    rows = binary([place % 2 for place in range(len(scores))], scores, [0.6] * len(scores))
    specification = replace(asked(Task.BINARY, "accuracy", movers=5), segments=())
    plan = make_plan(rows, specification, rows=len(rows))
    state = State(plan)
    for start in range(0, len(rows), size):
        state.add(rows.pick(np.arange(start, min(start + size, len(rows)))))
    changes = describe_state(state).changes
    assert changes is not None
    far = [(-abs(score - 0.6), f"k{len(rows) - place}") for place, score in enumerate(scores) if score != 0.6]
    assert [each.key for each in changes.movers] == [key for _, key in sorted(far)[:5]]


def many_classes(classes: int) -> tuple[Columns, Specification]:
    random = np.random.default_rng(0)
    label, ours, theirs = (random.integers(classes, size=500) for _ in range(3))
    columns = Columns(label=label, candidate=Predictions(codes=ours), champion=Predictions(codes=theirs))
    names = tuple(f"c{place}" for place in range(classes))
    return named(columns), Specification(
        task=Task.MULTICLASS, metrics=("accuracy",), classes=names, pictures=Pictures()
    )


def test_of_many_classes_only_the_most_frequent_flips_are_listed() -> None:
    changes = describe_columns(*many_classes(40)).changes
    assert changes is not None
    assert len(changes.flips) == 50
    assert sum(flip.rows for flip in changes.flips) + changes.other_flips == changes.shares[0].changed
    assert changes.flips[0].rows >= changes.flips[-1].rows > 0
    assert changes.moves is None


def test_of_too_many_classes_it_says_what_is_left_out() -> None:
    shown = describe_columns(*many_classes(1001))
    assert shown.changes is not None
    assert shown.changes.left_out == ("from which class to which rows change: there are 1001 classes",)
    assert shown.confusion is not None
    assert shown.confusion.left_out == ("the matrices: there are 1001 classes, and 32 can be read",)
    assert shown.confusion.candidate == ()
    assert "shares" not in baseline_of(shown).predicts


# --- matrices and curves --------------------------------------------------------------------------


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
@pytest.mark.parametrize("metrics", [(), ("log_loss",)], ids=["cells", "of its own"])
def test_the_matrices_are_those_of_scikit_learn(task: Task, metrics: tuple[str, ...]) -> None:
    columns = named(rows_of(task, weighted=True))
    shown = streamed(columns, asked(task, *metrics)).confusion
    assert shown is not None
    assert columns.champion is not None
    for matrix, side in ((shown.candidate, columns.candidate), (shown.champion, columns.champion)):
        wanted = confusion_matrix(columns.label, side.codes, sample_weight=columns.weight)
        assert matrix is not None
        np.testing.assert_allclose(np.array(matrix), wanted)
    assert shown.weighted


def curves_of(columns: Columns, task: Task = Task.BINARY, *metrics: str) -> Curves:
    found = streamed(columns, replace(asked(task, *metrics), segments=tuple(columns.segments))).curves
    assert found is not None
    return found


@pytest.mark.parametrize("metrics", [("roc_auc",), ("log_loss",)], ids=["histogram", "steps"])
@pytest.mark.parametrize("rows", [300, 5000, 30_000])
def test_curves_of_scores_are_those_of_scikit_learn_to_a_pixel(rows: int, metrics: tuple[str, ...]) -> None:
    columns = rows_of(Task.BINARY, rows, weighted=True)
    scores, curves = columns.candidate.scores, curves_of(columns, Task.BINARY, *metrics).candidate
    false, true, _ = roc_curve(columns.label, scores, sample_weight=columns.weight, drop_intermediate=False)
    assert_drawn(curves["roc"], false, true)
    precision, recall, _ = precision_recall_curve(columns.label, scores, sample_weight=columns.weight)
    # Its first point, at recall 0, is ours with the precision of the highest score.
    assert_drawn(curves["precision_recall"], recall[:-1], precision[:-1])
    gain = curves["gain"].columns
    assert (gain["x"][0], gain["y"][0], gain["x"][-1], gain["y"][-1]) == (0, 0, 1, 1)
    lift = curves["lift"].columns
    assert lift["y"][-1] == 1
    assert all(len(curve) <= MOST_POINTS for curve in curves.values())


def assert_drawn(curve: Curve, x: Floats, y: Floats) -> None:
    """No point of the whole curve is farther from the line than the curve says, and five digits and levels allow."""
    drawn = np.stack([curve.columns["x"], curve.columns["y"]], axis=1)
    points = np.stack([x, y], axis=1)
    far = np.full(len(points), np.inf)
    for start, end in pairwise(drawn):
        along = end - start
        length = along @ along
        share = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
        far = np.minimum(far, np.hypot(*(points - start - share[:, None] * along).T))
    assert curve.off_by is not None
    assert far.max() <= curve.off_by + 4e-3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=200), st.integers(2, 70))
def test_thinned_lines_are_off_by_what_they_say(steps: list[float], most: int) -> None:
    x, y = np.linspace(0, 1, len(steps)), np.array(steps)
    places, off_by = thin(x, y, most=most)
    assert len(places) <= max(most, 2)
    assert (places[0], places[-1]) == (0, len(steps) - 1)
    assert off_by <= PIXEL or len(places) == most


def test_a_smooth_curve_needs_few_points() -> None:
    x = np.linspace(0, 1, 100_000)
    places, off_by = thin(x, np.sqrt(x))
    assert off_by <= PIXEL
    assert len(places) < 25


def test_calibration_by_hand() -> None:
    """Three scores make three groups, whatever their number."""
    scores = [0.1] * 10 + [0.5] * 10 + [0.9] * 10
    label = [1] + [0] * 9 + [1] * 6 + [0] * 4 + [1] * 10
    rows = binary(label, scores, scores)
    drawn = curves_of(rows, Task.BINARY, "log_loss").candidate["calibration"].columns
    assert drawn["x"] == (0.1, 0.5, 0.9)
    assert drawn["y"] == (0.1, 0.6, 1.0)
    assert drawn["rows"] == (10, 10, 10)
    low, high = wilson(0.6, 10, confidence=0.95)
    assert (drawn["low"][1], drawn["high"][1]) == pytest.approx((low, high), rel=1e-4)


def test_calibration_has_groups_of_about_as_many_rows() -> None:
    drawn = curves_of(rows_of(Task.BINARY, 6000), Task.BINARY).candidate["calibration"].columns
    assert len(drawn["x"]) == 15
    assert min(drawn["rows"]) > 350
    assert sum(drawn["rows"]) == 6000


def test_many_classes_are_calibrated_by_the_predicted_one() -> None:
    columns = rows_of(Task.MULTICLASS, 3000)
    curves = curves_of(columns, Task.MULTICLASS)
    assert set(curves.candidate) == {"calibration"}
    scores = columns.candidate.scores
    assert scores is not None
    drawn = curves.candidate["calibration"].columns
    mean = np.average(drawn["x"], weights=drawn["rows"])
    assert mean == pytest.approx(scores.max(axis=1).mean(), rel=1e-4)
    assert np.average(drawn["y"], weights=drawn["rows"]) == pytest.approx(
        (scores.argmax(axis=1) == columns.label).mean(), rel=1e-4
    )


def test_scores_beyond_probabilities_have_every_curve_but_calibration() -> None:
    rows = binary([0, 1, 0, 1], [-3.0, 2.0, 0.5, 4.0], [0.1, 0.2, 0.3, 0.4])
    curves = curves_of(rows, Task.BINARY, "roc_auc")
    assert set(curves.candidate) == {"roc", "precision_recall", "gain", "lift"}
    assert "calibration" in curves.champion


def test_one_class_alone_has_no_ranking_to_draw() -> None:
    rows = binary([1, 1, 1], [0.3, 0.2, 0.5], [0.1, 0.2, 0.3])
    assert set(curves_of(rows, Task.BINARY, "log_loss").candidate) == {"calibration"}


def test_residuals_are_those_of_numpy_within_a_pixel() -> None:
    columns = rows_of(Task.REGRESSION, 8000)
    curves = curves_of(columns, Task.REGRESSION).candidate
    values = columns.candidate.values
    assert values is not None
    residual = columns.label - values
    quantiles = curves["residual_quantiles"].columns
    np.testing.assert_allclose(quantiles["y"], np.quantile(residual, quantiles["x"]), rtol=0.02, atol=0.02)
    drawn = curves["residuals"].columns
    assert len(drawn["x"]) == 20
    ends = np.quantile(values, np.linspace(0, 1, 21))
    group = np.searchsorted(ends[1:-1], values, side="left")
    for place in (0, 7, 19):
        mine = residual[group == place]
        assert drawn["rows"][place] == len(mine)
        assert drawn["mean"][place] == pytest.approx(mine.mean(), rel=1e-4)
        wanted = np.quantile(mine, [0.1, 0.5, 0.9])
        found = [drawn[name][place] for name in ("low", "y", "high")]
        np.testing.assert_allclose(found, wanted, rtol=0.05, atol=0.03)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=50))
def test_a_quantile_is_known_to_a_part_of_itself(given_: list[float]) -> None:
    numbers_ = np.array(given_)
    counts = np.bincount(signed_levels(numbers_), minlength=SIGNED).astype(np.float64)
    shares = np.array([0.01, 0.5, 1.0])
    found = find_quantiles(counts, shares, float(numbers_.min()), float(numbers_.max()))
    wanted = np.quantile(numbers_, shares, method="inverted_cdf")
    for one, other in zip(found, wanted.tolist(), strict=True):
        assert one == pytest.approx(other, rel=2**-6, abs=1e-11)


def test_levels_rise_with_the_numbers() -> None:
    rising = np.array([-1e30, -5.0, -1e-3, -1e-20, 0.0, 1e-20, 1e-3, 5.0, 5.1, 1e30])
    assert (np.diff(signed_levels(rising)) >= 0).all()
    assert signed_levels(np.array([0.0])).tolist() == [LEVELS - 1]
    assert size_levels(np.array([0.0, 1e30])).tolist() == [0, LEVELS - 1]
    assert signed_levels(np.array([-1e30, 1e30])).tolist() == [0, SIGNED - 1]
