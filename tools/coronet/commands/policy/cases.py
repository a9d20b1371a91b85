"""Do the policies answer as their cases say they must?"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import decode, governed_models, load_model, raise_findings
from coronet.commands.policies import load_policy
from coronet.core.decision import Check, Result, Verdict, demand
from coronet.core.model_file import ModelFile
from coronet.core.policy import Mode, Policy
from coronet.core.policy_case import Case, CaseResult, case_from_json, cases_path, run_case
from coronet.core.render.page import Block, Heading, Page, Tree, Words
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput, Refused
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-test/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """`untried` are the gates that let every case pass: nobody knows by these cases whether they can say no."""

    model: str
    results: tuple[CaseResult, ...]
    untried: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesReport(Paged):
    models: tuple[Tested, ...]

    @property
    def failed(self) -> int:
        return sum(bool(result.problems) for tested in self.models for result in tested.results)

    @property
    def exit_code(self) -> int:
        return Refused.exit_code if self.failed else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": "fail" if self.failed else "pass",
            "models": [
                {
                    "model": tested.model,
                    "untried": list(tested.untried),
                    "cases": [
                        {
                            "name": result.name,
                            "result": "fail" if result.problems else "pass",
                            "verdict": str(result.verdict),
                            "problems": list(result.problems),
                        }
                        for result in tested.results
                    ],
                }
                for tested in self.models
            ],
        }

    def page(self) -> Page:
        blocks: list[Block] = []
        for tested in self.models:
            blocks += [Heading(text=tested.model), Tree(checks=[_check(result) for result in tested.results])]
            if tested.untried:
                blocks.append(Words(text=f"No case makes these say no: {', '.join(tested.untried)}."))
        verdict = Verdict.FAIL if self.failed else Verdict.PASS
        return Page(headline=self._headline(), verdict=verdict, blocks=blocks)

    def _headline(self) -> str:
        cases = sum(len(tested.results) for tested in self.models)
        if self.failed:
            return f"{self.failed} of {cases} cases are answered otherwise than expected. Mend policy or case."
        return f"{cases} cases are answered as expected."


def _check(result: CaseResult) -> Check:
    problems, saw = "; ".join(result.problems), str(result.verdict)
    return demand(result.name, not problems, saw=saw, wanted="the answers that the case names", hint=problems)


def run_cases(files: Files, documents: Documents, models: Sequence[str] = ()) -> CasesReport:
    """Run the cases of `models`, or of every model that has some.

    InvalidInput where cases cannot be read, where a model that was named has none, or where there are none
    at all: a test of nothing must not pass.
    """
    chosen = models or [name for name in governed_models(files) if files.read(cases_path(name)) is not None]
    if not chosen:
        raise InvalidInput(
            "no model has cases to test its policy with",
            hint="write policy/<model>.cases.yaml; `coronet schema policy_cases` says what may stand in it",
        )
    return CasesReport(models=tuple(_test(files, documents, name) for name in chosen))


def _test(files: Files, documents: Documents, name: str) -> Tested:
    model, policy = load_model(files, documents, name), load_policy(files, documents, name)
    cases = load_cases(files, documents, model)
    results = tuple(run_case(case, policy) for case in cases)
    return Tested(model=name, results=results, untried=tuple(_untried(policy, results)))


def _untried(policy: Policy, results: Sequence[CaseResult]) -> Iterator[str]:
    said_no = {
        check.name for result in results for check in result.checks if check.result not in (Result.PASS, Result.OFF)
    }
    yield from (gate.name for gate in policy.gates if gate.mode is not Mode.OFF and gate.name not in said_no)


def load_cases(files: Files, documents: Documents, model: ModelFile) -> tuple[Case, ...]:
    """The cases of a model; InvalidInput with every finding where they cannot be read."""
    path = cases_path(model.name)
    data = files.read(path)
    if data is None:
        raise InvalidInput(f"no cases at {path}", hint="`coronet schema policy_cases` says what may stand in it")
    document = documents.parse(data, file=path)
    value = decode(document, documents, "policy_cases", dict)
    names = [case["name"] for case in value["cases"]]
    findings = [
        document.finding(f"there are two cases {name!r}", ("cases", index, "name"), hint="give each its own name")
        for index, name in enumerate(names)
        if name in names[:index]
    ]
    raise_findings(findings, f"{path} is not a valid policy_cases file")
    return tuple(
        case_from_json(
            case,
            model=model.name,
            task=model.task,
            kept=_kept(files, documents, path, case),
            custom=tuple(own.described for own in model.custom_metrics),
        )
        for case in value["cases"]
    )


def _kept(files: Files, documents: Documents, path: str, case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The evidence that a case names by its file, relative to the file of the cases."""
    if "evidence" not in case:
        return None
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), case["evidence"]))
    data = None if beside.startswith(("../", "/")) else files.read(beside)
    if data is None:
        raise InvalidInput(
            f"no evidence at {beside}, which the case {case['name']!r} in {path} names",
            hint="paths are relative to the file of the cases, and stay in the repository",
        )
    return decode(documents.parse(data, file=beside), documents, "evidence", dict)
