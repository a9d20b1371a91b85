"""The workflows and actions of this repository, as values that tests look at."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))


@cache
def load(path: Path) -> Mapping[str, Any]:
    """The file; `on`, which YAML 1.1 takes for a truth, under its own name."""
    value = yaml.safe_load(path.read_text())
    return {"on" if key is True else key: inner for key, inner in value.items()}


def jobs(path: Path) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = load(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[Mapping[str, Any]]:
    """Every step of a workflow's jobs, or of an action."""
    value = load(path)
    for job in value["jobs"].values() if "jobs" in value else [value["runs"]]:
        yield from job.get("steps", ())


def describe(path: Path) -> str:
    """What a workflow asks for, in lines: what starts it, what waits, and each job's time, place and rights."""
    value = load(path)
    triggers = value["on"] if isinstance(value["on"], dict) else dict.fromkeys(value["on"])
    lines = [f"on {', '.join(_trigger(name, how) for name, how in triggers.items())}", _say_concurrency(value)]
    return "\n".join([*lines, *(_job(name, job) for name, job in jobs(path).items())])


def _trigger(name: str, how: Any) -> str:
    if name == "schedule":
        return f"schedule {' '.join(each['cron'] for each in how)}"
    told = [*(how or {}).get("branches", ()), *(how or {}).get("types", ()), *(how or {}).get("paths", ())]
    return f"{name} {' '.join(told)}".strip()


def _say_concurrency(value: Mapping[str, Any]) -> str:
    group = value["concurrency"]
    rest = f"queue {group['queue']}" if "queue" in group else f"cancels {group['cancel-in-progress']}"
    return f"group {group['group']}, {rest}"


def _job(name: str, job: Mapping[str, Any]) -> str:
    place = job.get("environment")
    place = place["name"] if isinstance(place, dict) else place
    rights = ", ".join(f"{what} {how}" for what, how in job["permissions"].items())
    what = job["uses"] if "uses" in job else f"{job['timeout-minutes']} minutes"
    return f"{name}: {what}{f', in {place}' if place else ''}, may {rights}"


def expressions(text: str) -> list[str]:
    return re.findall(r"\$\{\{.*?\}\}", text, re.DOTALL)
