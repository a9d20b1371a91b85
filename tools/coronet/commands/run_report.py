"""What `train` and `track` answer."""

from dataclasses import dataclass
from typing import Any

from coronet.core.judging.wording import say_number
from coronet.core.recorded_run import RecordedData, RecordedRun
from coronet.core.render.markup import plain_line, text_table
from coronet.core.render.run_card import render_run_card


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """`verb` is train or track; `next` is the command that follows. Of a dry run nothing was written."""

    verb: str
    run: RecordedRun
    dry_run: bool
    next: str

    def to_json(self) -> dict[str, Any]:
        run, version = self.run, self.run.version
        return {
            "schema": f"coronet/{self.verb}/v1",
            "model": run.model,
            "registered_model": run.registered_model,
            "run_id": run.run_id or None,
            "run_name": run.name,
            "run_kind": run.kind,
            "version": version.version if version else None,
            "semantic_version": version.semantic_version if version else None,
            "digest": version.digest if version else None,
            "source": version.source if version else None,
            "alias": version.alias if version else None,
            "model_type": run.model_type,
            "params": dict(run.params),
            "overrides": dict(run.overrides),
            "metrics": dict(run.metrics),
            "problems": dict(run.problems),
            "data": [_data_json(data) for data in run.data],
            "inputs": dict(run.inputs),
            "why": _why_json(run),
            "code": {
                "commit": run.checkout.commit,
                "dirty": run.checkout.dirty,
                "repository": run.checkout.repository,
            },
            "dry_run": self.dry_run,
            "next": self.next,
        }

    def to_text(self) -> str:
        rows = [(plain_line(name), say_number(value)) for name, value in self.run.metrics.items()]
        missing = [plain_line(f"{name} has no value: {why}") for name, why in self.run.problems.items()]
        lines = [plain_line(self._headline()), *self._details(), "", text_table(rows), *missing, "", f"→ {self.next}"]
        return "\n".join(lines)

    def to_markdown(self) -> str:
        return render_run_card(self.run)

    def _headline(self) -> str:
        run, version = self.run, self.run.version
        if self.dry_run:
            return f"dry run: {run.name} ({run.model_type}) would be recorded; nothing was written"
        if version is None:
            return f"recorded {run.name} ({run.model_type}); no version was registered"
        semantic = f", {version.semantic_version}" if version.semantic_version else ""
        alias = f", alias {version.alias}" if version.alias else ""
        return f"registered {run.registered_model} version {version.version}{semantic}{alias} ({run.model_type})"

    def _details(self) -> list[str]:
        run, version = self.run, self.run.version
        details = [f"run {run.run_id} {run.name}"] if run.run_id else []
        if version:
            details.append(f"digest {version.digest}")
        return [plain_line(f"  {detail}") for detail in details]


def _data_json(data: RecordedData) -> dict[str, Any]:
    return {"context": data.context, "location": data.location, "sha256": data.sha256, "rows": data.rows}


def _why_json(run: RecordedRun) -> dict[str, Any]:
    why = run.why
    return {
        "summary": why.summary,
        "owner": why.owner,
        "hypothesis_id": why.hypothesis_id,
        "change_type": why.change_type and str(why.change_type),
        "feature_set_version": why.feature_set_version,
        "dataset_version": run.dataset_version,
    }
