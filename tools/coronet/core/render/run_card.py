"""The run card: one page about one run, for whoever opens the run or the job's summary."""

from collections.abc import Iterator, Mapping, Sequence

from coronet.core.judging.wording import say_number
from coronet.core.recorded_run import RecordedData, RecordedRun
from coronet.core.render.markup import escape_markdown, markdown_table
from coronet.core.timestamps import format_time

_FEATURES_SHOWN = 20
_ROWS_SHOWN = 50
_SETS = {"train_": "Training", "test_": "Evaluation"}


def render_run_card(run: RecordedRun) -> str:
    """Markdown in which everything from outside is harmless."""
    sections = (
        f"# Run card: {escape_markdown(run.name)}",
        markdown_table(("", ""), list(_identity(run))),
        _section("Why", _why(run)),
        _section("Metrics", _metrics(run.metrics, run.problems)),
        _section("Parameters", _parameters(run)),
        _section("Data", _data(run.data)),
        _section("Files", _pairs(("File", "Digest"), run.inputs)),
        _section("Scorecard", _scorecard(run.scorecard)),
        _section("What the model looks at", _importances(run.importances)),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _identity(run: RecordedRun) -> Iterator[tuple[str, str]]:
    version, checkout = run.version, run.checkout
    yield "Model", escape_markdown(f"{run.registered_model} ({run.model_type})")
    if version:
        semantic = f", {version.semantic_version}" if version.semantic_version else ""
        yield "Version", escape_markdown(f"{version.version}{semantic}")
        yield "Digest", f"`{version.digest}`"
        yield "Alias", escape_markdown(version.alias or "—")
    yield "Run", f"`{run.run_id}`, {escape_markdown(run.kind)}, {format_time(run.at)}"
    yield "By", escape_markdown(f"{run.requester}, {run.environment}")
    changed = {True: ", with changes that are not committed", False: "", None: ", changes unknown"}[checkout.dirty]
    yield "Code", escape_markdown(f"{checkout.commit}{changed}" if checkout.commit else "not in git")


def _why(run: RecordedRun) -> str:
    why = run.why
    fields = {
        "Change": why.summary,
        "Type": why.change_type,
        "Hypothesis": why.hypothesis_id,
        "Owner": why.owner,
        "Feature set": why.feature_set_version,
        "Data version": run.dataset_version,
    }
    return "\n".join(f"- {name}: {escape_markdown(str(value))}" for name, value in fields.items() if value)


def _metrics(metrics: Mapping[str, float], problems: Mapping[str, str]) -> str:
    """Training beside evaluation where the names say which; all others, and what has no value, below."""
    names = dict.fromkeys(name.removeprefix(prefix) for name in metrics for prefix in _SETS if name.startswith(prefix))
    rows = [(escape_markdown(name), *(_number(metrics, f"{prefix}{name}") for prefix in _SETS)) for name in names]
    others = {name: value for name, value in metrics.items() if not name.startswith(tuple(_SETS))}
    tables = [markdown_table(("Metric", *_SETS.values()), rows)] if rows else []
    if others:
        tables.append(_pairs(("Metric", "Value"), {name: say_number(value) for name, value in others.items()}))
    tables += [f"{escape_markdown(f'{name} has no value: {problem}')}" for name, problem in problems.items()]
    return "\n\n".join(tables)


def _number(metrics: Mapping[str, float], name: str) -> str:
    return say_number(metrics[name]) if name in metrics else "—"


def _parameters(run: RecordedRun) -> str:
    said = dict.fromkeys(run.overrides, " (from the command line)")
    return _pairs(("Parameter", "Value"), {k: f"{v}{said.get(k, '')}" for k, v in run.params.items()})


def _data(data: Sequence[RecordedData]) -> str:
    rows = [
        (escape_markdown(one.context), escape_markdown(one.location), str(one.rows), f"`{one.sha256}`") for one in data
    ]
    return markdown_table(("For", "Where", "Rows", "SHA-256"), rows) if rows else ""


def _scorecard(table: Sequence[Sequence[str]]) -> str:
    if not table:
        return ""
    header, *rows = [[escape_markdown(cell) for cell in row] for row in table]
    left = len(rows) - _ROWS_SHOWN
    return markdown_table(header, rows[:_ROWS_SHOWN]) + (
        f"\n\n{left} more rows are in the run's file." if left > 0 else ""
    )


def _importances(importances: Mapping[str, float]) -> str:
    ranked = sorted(importances.items(), key=lambda pair: (-pair[1], pair[0]))
    left = len(ranked) - _FEATURES_SHOWN
    table = _pairs(("Feature", "Weight"), {name: say_number(value) for name, value in ranked[:_FEATURES_SHOWN]})
    return table + (f"\n\n{left} more are in the run's file." if left > 0 else "")


def _pairs(header: tuple[str, str], values: Mapping[str, str]) -> str:
    rows = [(escape_markdown(name), escape_markdown(value)) for name, value in values.items()]
    return markdown_table(header, rows) if rows else ""


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""
