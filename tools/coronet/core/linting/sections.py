"""What is odd about gates that ask a section of the evidence: budgets, drift, leakage, checks of one's own."""

from collections.abc import Callable, Iterator

from coronet.core.drift import DriftRule
from coronet.core.judging.wording import say_number
from coronet.core.linting.remarks import Path, Remark
from coronet.core.model_file import ModelFile
from coronet.core.policy import Gate, Mode, Rule
from coronet.core.policy.demands import DEPENDENCIES, LATENCIES, BudgetDemand, CheckDemand, DriftDemand
from coronet.core.requirements import package_name
from coronet.errors import Severity

SECTION_RULES = frozenset({Rule.BUDGET, Rule.DRIFT, Rule.LEAKAGE, Rule.CHECK})
# Below this many models of some use would be alarms: a single good feature often tells so much.
ORDINARY = 0.5
_SCRIPTS = (".py", ".sh", ".R", ".js")
_MOST_PSI = 10.0


def lint_section(gate: Gate, model: ModelFile, is_file: Callable[[str], bool]) -> list[Remark]:
    if gate.budget:
        return list(_budget(gate, gate.budget))
    if gate.drift:
        return [*_limits(gate, gate.drift), *_columns(gate, "columns", gate.drift.columns, model, label=True)]
    if gate.check:
        return list(_check(gate, gate.check, is_file))
    return [*_leakage(gate), *_columns(gate, "allowed", gate.allowed, model, label=False)]


# --- budgets --------------------------------------------------------------------------------------


def _budget(gate: Gate, budget: BudgetDemand) -> Iterator[Remark]:
    if budget.value == 0 and (budget.of != DEPENDENCIES):
        yield _never(gate, "value", "pass", f"no model has a {budget.of} of 0")
    if budget.of == DEPENDENCIES and budget.only is not None and not budget.only:
        yield _warn(
            gate, "only", f"{gate.name} lets no model pass that needs any package", "name those that it may need"
        )
    if budget.value is not None and budget.only and budget.value >= len(set(map(package_name, budget.only))):
        message = f"{gate.name} has a value that `only` never lets a model reach"
        yield _warn(gate, "value", message, "leave one of the two out")
    if budget.of in LATENCIES and budget.margin == 0:
        message = f"{gate.name} asks for no less than a faster model: two equal ones never measure the same"
        yield _warn(gate, "margin", message, "say a margin, as in {margin: 0.2, relative: true}")
    if budget.relative and budget.margin is None:
        yield _warn(gate, "relative", f"{gate.name} says `relative` and has no margin", "say a margin, or leave it out")
    if not budget.stands_alone:
        message = f"{gate.name} asks nothing of a first champion: it compares only"
        yield _warn(gate, "", message, "say a `value` as well, where there is a limit for every model")


# --- drift ----------------------------------------------------------------------------------------


def _limits(gate: Gate, drift: DriftDemand) -> Iterator[Remark]:
    limits = drift.limits
    if limits.rule is DriftRule.ANY_P:
        message = (
            f"{gate.name} alarms on data that have not moved: with 20 columns at {limits.level:g} "
            f"{say_number(100 * (1 - (1 - limits.level) ** 20))} times in 100"
        )
        yield _warn(gate, "by_rule", message, "leave `by_rule` out, unless it is the old habit that you want")
    if limits.psi >= _MOST_PSI and limits.rule is DriftRule.PSI:
        yield _never(gate, "psi", "fail", f"no column moves by a PSI of {say_number(limits.psi)} in practice")
    if drift.columns and drift.at_most >= len(drift.columns):
        message = f"it looks at {len(drift.columns)} columns, and lets {drift.at_most} drift"
        yield _never(gate, "at_most", "fail", message)


# --- leakage --------------------------------------------------------------------------------------


def _leakage(gate: Gate) -> Iterator[Remark]:
    if gate.bar > 1:
        yield _never(gate, "value", "fail", "no feature tells more than all of the label, which is 1")
    elif gate.bar == 1:
        message = f"{gate.name} fails only where a feature tells the label without any mistake"
        yield _warn(gate, "value", message, "0.99 finds a leak with some noise in it, too")
    elif gate.bar <= ORDINARY:
        message = f"{gate.name} fails on features that are good and no leak, from {say_number(gate.bar)} on"
        yield _warn(gate, "value", message, "0.99 is usual")


def _columns(gate: Gate, key: str, named: tuple[str, ...], model: ModelFile, *, label: bool) -> Iterator[Remark]:
    """Columns that the model file knows not to be features; what it does not list cannot be known here."""
    data = model.data
    known = None if data.features is None else {*data.features, *((data.label,) if label else ())}
    hidden = data.not_features - ({data.label} if label else set())
    if unknown := [name for name in named if name in hidden or (known is not None and name not in known)]:
        yield _warn(
            gate,
            key,
            f"{model.name} has no feature {' and '.join(unknown)} in its model file",
            "name a feature, as the data spell it",
        )


# --- checks ---------------------------------------------------------------------------------------


def _check(gate: Gate, check: CheckDemand, is_file: Callable[[str], bool]) -> Iterator[Remark]:
    hint = "write it, or name another file: paths are relative to the repository"
    called = check.call.rpartition(":")[0]
    for key, path in (("call", called), ("schema", check.schema or "")):
        if path and not is_file(path):
            yield _never(gate, key, "pass", f"there is no file {path} in the repository", hint=hint)
    for argument in check.run[1:]:
        if argument.endswith(_SCRIPTS) and not argument.startswith("/") and not is_file(argument):
            yield _never(gate, "run", "pass", f"there is no file {argument} in the repository", hint=hint)


def _never(gate: Gate, key: str, what: str, why: str, *, hint: str = "bring it within reach") -> Remark:
    stops = what == "pass" and gate.mode is Mode.ENFORCE
    return Remark(
        path=_path(gate, key),
        message=f"{gate.name} can never {what}: {why}",
        hint=hint,
        severity=Severity.ERROR if stops else Severity.WARNING,
    )


def _warn(gate: Gate, key: str, message: str, hint: str) -> Remark:
    return Remark(path=_path(gate, key), message=message, hint=hint)


def _path(gate: Gate, key: str) -> Path:
    return ("gates", gate.name, key) if key else ("gates", gate.name)
