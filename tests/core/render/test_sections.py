"""Sections of evidence in a line each."""

from dataclasses import replace

from coronet.core.evidence import Evidence
from coronet.core.evidence.costs import Cost, Costs
from coronet.core.evidence.data_drift import DataDrift
from coronet.core.evidence.leakage import Leakage
from coronet.core.render.sections import describe_sections
from tests.core.examples import digest, evidence, fact
from tests.core.test_evidence_sections import BARE_COLUMN, CHECK, COSTS, DRIFT, LEAKAGE, WHOLE_COLUMN


def lines(made: Evidence) -> list[str]:
    return list(describe_sections(made))


def test_every_section_has_its_line() -> None:
    moved = replace(WHOLE_COLUMN, column="age", psi=0.456)
    drift = replace(DRIFT, columns=(WHOLE_COLUMN, moved, BARE_COLUMN))
    assert lines(evidence(fact(), costs=COSTS, drift=drift, leakage=LEAKAGE, checks=(CHECK,))) == [
        "costs: latency_p50_ms 1.25, batch_p50_ms 9, size_bytes 9 → 10, dependencies 1",
        "drift: 6 columns, of which age moved most: PSI 0.456",
        "leakage: the strongest of 3 features is refund: |2·AUC − 1| 0.99",
        "check fair: pass, all alike",
    ]


def test_what_little_is_known_is_told() -> None:
    drift = DataDrift(reference=digest("a"), columns=(BARE_COLUMN,))
    assert lines(evidence(fact(), drift=drift, checks=(replace(CHECK, saw=""),))) == [
        "drift: 1 columns",
        "check fair: pass",
    ]
    assert lines(evidence(fact(), leakage=Leakage(rows=3, features=1, problem="too few rows"))) == [
        "leakage: too few rows"
    ]
    assert lines(evidence(fact(), leakage=Leakage(rows=3, features=0))) == ["leakage: no features"]
    assert lines(evidence(fact(), costs=Costs(candidate=Cost(size_bytes=3)))) == ["costs: size_bytes 3"]
    assert lines(evidence(fact(), costs=Costs(candidate=Cost(dependencies=("numpy",))))) == ["costs: dependencies 1"]
    assert lines(evidence(fact())) == []
