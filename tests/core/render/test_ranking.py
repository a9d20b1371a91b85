"""Ranked candidates for people."""

from coronet.core.evidence import Subject
from coronet.core.judging.judgement import judge
from coronet.core.ranking import rank_candidates
from coronet.core.render.ranking import rank_table
from tests.core.examples import NOW, digest, evidence, fact, gain, policy

BY = policy({"better": {"metric": "accuracy", "rule": "superior"}})
GOOD = evidence(gain(0.02))
POOR = evidence(gain(-0.02), candidate=Subject(version="6", digest=digest("6")))
BLIND = evidence(fact("f1"), candidate=Subject(predictions=digest("4")), contract=None)
RANKED = rank_candidates([judge(each, BY, now=NOW) for each in (BLIND, POOR, GOOD)], BY.ranking)


def test_best_first_with_the_reasons() -> None:
    table = rank_table(RANKED)
    assert table.header == ("Candidate", "Verdict", "Score", "Why")
    assert table.rows == [
        ("version 7", "pass", "0.02", "every gate passes"),
        ("version 6", "fail", "−0.02", "better: 0.5 → 0.48, worse by 0.02 [0.01, 0.03] on 1000 rows"),
        ("candidate", "fail", "the evidence has no accuracy", "better: the evidence has no accuracy over all rows"),
    ]
