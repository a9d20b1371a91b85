"""The sections of evidence about models and data: read back, kept short, and without the watch in their digest."""

import json
from dataclasses import replace
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.core.drift import Bin, ColumnDrift, ColumnKind
from coronet.core.evidence import Contract, ContractChange, Evidence, evidence_from_json
from coronet.core.evidence.contract import LISTED, compare_columns, contract_of
from coronet.core.evidence.costs import Cost, Costs, Latency
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.evidence.data_drift import DataDrift, OtherColumns, keep_columns
from coronet.core.evidence.leakage import Leak, Leakage, keep_strongest
from coronet.core.semantic_version import Column, Schema
from tests.core.examples import digest, evidence, fact

LATENCY = Latency(of="latency_p50_ms", value=1.25, interval=(1.0, 1.5), repetitions=200)
SHORT = Latency(of="batch_p50_ms", value=9.0, interval=None, repetitions=3)
COSTS = Costs(
    candidate=Cost(size_bytes=10, files=2, python="3.11.9", dependencies=("numpy==2.1",), latency=(LATENCY, SHORT)),
    champion=Cost(size_bytes=9),
    machine="Linux x86_64",
    batch_rows=1000,
)
WHOLE_COLUMN = ColumnDrift(
    column="income",
    kind=ColumnKind.CATEGORY,
    rows=(100, 90),
    missing=(0.0, 0.5),
    missing_p=0.0,
    psi=0.0,
    distance=0.0,
    shift=0.0,
    p=0.0,
    unseen=0.25,
    constant=True,
    problem="",
    bound=0.01,
    shift_bound=0.02,
    infinite=(1, 2),
    note="counted on a grid",
)
BARE_COLUMN = ColumnDrift(
    column="gone", kind=ColumnKind.NUMBER, rows=(100, 0), missing=(0.0, 1.0), missing_p=None, problem="it is gone"
)
OTHERS = OtherColumns(columns=3, questions=6, psi=0.1, distance=0.2, shift=0.6, missing=0.3, unseen=0.4, least_p=0.5)
DRIFT = DataDrift(reference=digest("a"), columns=(WHOLE_COLUMN, BARE_COLUMN), others=OTHERS)
LEAKAGE = Leakage(rows=100, features=3, columns=(Leak(column="refund", power=0.99, method="|2·AUC − 1|"),))
CHECK = CustomCheck(
    name="fair",
    digest=digest("b"),
    result=Answered.PASS,
    saw="all alike",
    files={"checks/fair.py": digest("c")},
    numbers={"gap": 0.01},
    seconds=1.5,
)
CHANGES = (
    ContractChange(side="input", name="age", champion=None, candidate="double"),
    ContractChange(side="output", name="prediction", champion="long", candidate=None),
)
CONTRACT = Contract(candidate={"schema": digest("1")}, champion={}, changes=CHANGES, more_changes=2)
WHOLE = evidence(fact(), costs=COSTS, drift=DRIFT, leakage=LEAKAGE, checks=(CHECK,), contract=CONTRACT)
BARE = evidence(
    fact(),
    costs=Costs(candidate=Cost()),
    drift=DataDrift(reference=digest("a"), columns=(BARE_COLUMN,)),
    leakage=Leakage(rows=3, features=1, problem="too few rows"),
    checks=(CustomCheck(name="fair", digest=digest("b"), result=Answered.ERROR, saw=""),),
)


@pytest.mark.parametrize("made", [WHOLE, BARE])
def test_sections_are_read_back_and_satisfy_the_schema(made: Evidence) -> None:
    assert evidence_from_json(json.loads(made.to_bytes())) == made
    document = FileDocuments().parse(made.to_bytes(), file="e.json")
    assert FileDocuments().validate(document, "evidence") == ()


def test_sections_that_are_not_there_are_not_written() -> None:
    assert {"costs", "drift", "leakage", "checks"}.isdisjoint(evidence(fact()).to_json())


def test_other_programs_may_leave_out_what_has_a_default() -> None:
    written = WHOLE.to_json()
    for key in ("files", "numbers", "seconds"):
        del written["checks"][0][key]
    assert evidence_from_json(written).checks == (replace(CHECK, files={}, numbers={}, seconds=None),)


def test_what_is_silent_of_a_column_is_not_written() -> None:
    written = BARE.to_json()["drift"]["columns"][0]
    assert set(written) == {"column", "kind", "rows", "missing", "problem"}


# --- the digest of the facts ----------------------------------------------------------------------


def slower(costs: Costs) -> Costs:
    return replace(
        costs,
        candidate=replace(costs.candidate, latency=(replace(LATENCY, value=2.5),)),
        machine="another machine",
        batch_rows=10,
    )


def test_the_facts_do_not_change_with_the_watch() -> None:
    later = replace(WHOLE, costs=slower(COSTS), checks=(replace(CHECK, seconds=9.0),))
    assert later.facts_digest == WHOLE.facts_digest
    assert later.digest != WHOLE.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"costs": replace(COSTS, candidate=replace(COSTS.candidate, size_bytes=11))},
        {"costs": replace(COSTS, champion=None)},
        {"costs": None},
        {"drift": replace(DRIFT, others=None)},
        {"leakage": replace(LEAKAGE, features=4)},
        {"checks": (replace(CHECK, result=Answered.FAIL),)},
        {"checks": (replace(CHECK, files={}),)},
        {"contract": replace(CONTRACT, changes=())},
    ],
)
def test_everything_else_is_part_of_the_facts(changed: dict[str, Any]) -> None:
    assert replace(WHOLE, **changed).facts_digest != WHOLE.facts_digest


# --- what changed of the contract -----------------------------------------------------------------


def schema(*inputs: str, output: str = "double") -> Schema:
    columns = tuple(Column(name=name, type=type_) for name, type_ in (each.split(":") for each in inputs))
    return Schema(inputs=columns, outputs=(Column(name="prediction", type=output),))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (schema("a:double"), schema("a:double"), []),
        (schema("a:double"), schema("a:double", "b:long"), [("input", "b", None, "long")]),
        (schema("a:double", "b:long"), schema("a:double"), [("input", "b", "long", None)]),
        (schema("a:double"), schema("a:string"), [("input", "a", "double", "string")]),
        (schema("a:double", output="long"), schema("a:double"), [("output", "prediction", "long", "double")]),
        (
            schema("a:double", "b:double", "c:double"),
            schema("c:double", "a:double", "b:string"),
            [
                ("input", "b", "double", "string"),
                ("input", "a", "double", "double"),
                ("input", "c", "double", "double"),
            ],
        ),
        (schema("a:double", "b:double"), schema("x:double", "a:double", "b:double"), [("input", "x", None, "double")]),
    ],
)
def test_what_callers_find_otherwise(
    before: Schema, after: Schema, found: list[tuple[str, str, str | None, str | None]]
) -> None:
    changes = compare_columns(before, after)
    assert [(each.side, each.name, each.champion, each.candidate) for each in changes] == found


def test_what_is_not_known_has_not_changed() -> None:
    assert compare_columns(None, schema("a:double")) == ()
    assert compare_columns(schema("a:double"), None) == ()


def test_of_many_changes_some_are_listed() -> None:
    many = schema(*(f"x{number}:double" for number in range(LISTED + 3)))
    made = contract_of({}, {}, schema("a:double"), many)
    assert (len(made.changes), made.more_changes) == (LISTED, 4)
    assert contract_of({}, {}, many, many).more_changes == 0


# --- what is kept ---------------------------------------------------------------------------------


def column(name: str, **fields: Any) -> ColumnDrift:
    given: dict[str, Any] = {
        "kind": ColumnKind.NUMBER,
        "rows": (9, 9),
        "missing": (0.0, 0.0),
        "missing_p": 0.9,
        "psi": 0.0,
        "distance": 0.0,
        "p": 0.8,
        **fields,
    }
    return ColumnDrift(column=name, **given)


def test_the_columns_that_moved_most_are_kept_in_their_order() -> None:
    still = [column(f"still{number}", p=0.3 + number / 100) for number in range(5)]
    moved = [
        column("missing", missing=(0.2, 0.3)),
        column("psi", psi=0.2),
        column("gone", rows=(9, 0)),
        column("odd", problem="there is no value now"),
        column("apart", distance=0.3),
        column("unseen", unseen=0.02),
        column("shifted", shift=0.2),
    ]
    kept = keep_columns(digest("a"), [*still, *moved], most=7)
    assert [each.column for each in kept.columns] == ["missing", "psi", "gone", "odd", "apart", "unseen", "shifted"]
    assert kept.others == OtherColumns(
        columns=5, questions=10, psi=0.0, distance=0.0, shift=0.0, missing=0.0, unseen=0.0, least_p=0.3
    )


def test_the_worst_of_the_others_is_told_number_by_number() -> None:
    first, second = (
        column("a", psi=0.5, missing=(0.0, 0.4)),
        column("b", distance=0.6, bound=0.1, shift=0.8, unseen=0.7, p=None, missing_p=None),
    )
    kept = keep_columns(digest("a"), [column("c", rows=(9, 0)), first, second], most=1)
    assert kept.others == OtherColumns(
        columns=2, questions=2, psi=0.5, distance=0.7, shift=0.8, missing=0.4, unseen=0.7, least_p=0.8
    )
    nothing = keep_columns(
        digest("a"), [column("c", rows=(9, 0)), column("d", psi=None, p=None, missing_p=None)], most=1
    )
    assert nothing.others is not None
    assert (nothing.others.questions, nothing.others.least_p) == (0, 1.0)


def test_what_is_for_drawing_is_not_kept() -> None:
    drawn = column("a", bins=(Bin(label="0", before=0.5, now=0.5),))
    assert keep_columns(digest("a"), [drawn]).columns == (column("a"),)


def test_what_a_gate_names_is_kept_whatever_it_did() -> None:
    columns = [column("still"), column("a", psi=1.0), column("b", psi=2.0)]
    assert [each.column for each in keep_columns(digest("a"), columns, always={"still"}, most=2).columns] == [
        "still",
        "b",
    ]
    both = keep_columns(digest("a"), columns, always={"still", "a"}, most=1)
    assert [each.column for each in both.columns] == ["still", "a"]
    assert keep_columns(digest("a"), columns).others is None


def test_the_strongest_features_are_kept_beside_those_that_are_allowed() -> None:
    leaks = [
        Leak(column=name, power=power, method="") for name, power in (("a", 0.2), ("b", 0.9), ("c", 0.5), ("d", 0.5))
    ]
    assert [leak.column for leak in keep_strongest(leaks, most=2)] == ["b", "c"]
    assert [leak.column for leak in keep_strongest(leaks, always={"b", "a"}, most=1)] == ["b", "c", "a"]
