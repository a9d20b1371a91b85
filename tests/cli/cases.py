"""What is typed in which state of the world, and how it ends; its answers stand in `golden/`, byte for byte."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coronet.adapters.tables.column_files import FileColumns
from coronet.commands.hold import hold
from coronet.commands.profile import make_profile
from coronet.commands.promote import promote
from coronet.core.canonical import canonical_json
from tests.cli.typing_in import CliStage, Typed, type_in
from tests.stage import states
from tests.stage.road import merged_proposal
from tests.stage.stage import FILES, MODEL, evidence_of

GOLDEN = Path(__file__).parent / "golden"
FORMATS = {"text": "out.txt", "json": "out.json", "markdown": "out.md"}
POLICY = FILES["policy/default.yaml"]

State = Callable[[CliStage], object]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`actor` types `typed` in a world in `state`, and it exits with `code`."""

    state: State
    typed: str
    code: int = 0
    actor: str = "engineer"


# --- states ---------------------------------------------------------------------------------------


def nothing(stage: CliStage) -> None:
    """A governed model without any version."""


def candidates(stage: CliStage) -> None:
    """A champion, one better candidate, one worse, one that nobody evaluated."""
    first = states.champion(stage)
    stage.evaluate(stage.train(summary="deeper trees"), against=first, gain=0.2)
    stage.evaluate(stage.train(summary="fewer trees"), against=first, gain=-0.1)
    stage.train()


def losers(stage: CliStage) -> None:
    first = states.champion(stage)
    stage.evaluate(stage.train(), against=first, gain=-0.1)
    stage.evaluate(stage.train(), against=first, gain=0.0)


def no_evidence(stage: CliStage) -> None:
    stage.train()


def opened(stage: CliStage) -> None:
    states.opened(stage, against=states.champion(stage))


def doctored(stage: CliStage) -> None:
    """A pull request with an edited proposal and another file."""
    asked = states.opened(stage, against=states.champion(stage))
    text = asked.draft.document.decode().replace("alias: champion", "alias: latest").replace("kind: ", "kinds: ")
    files = {asked.proposal.path: text.encode(), "README.md": b"hello\n"}
    states.on_a_branch(stage, asked.pull_request.branch, files)


def stale(stage: CliStage) -> None:
    """A pull request whose champion, policy and time have gone."""
    asked = states.opened(stage)
    stage.push({"policy/default.yaml": POLICY.replace("0.7", "0.95")}, message="ask for more")
    stage.clock.pass_by(days=14)
    stage.registry.change_files(MODEL, asked.version.version, {"MLmodel": b"other"})


def left_behind(stage: CliStage) -> None:
    """A pull request whose policy changed."""
    states.opened(stage)
    stage.push({"policy/default.yaml": POLICY.replace("0.7", "0.75")}, message="ask for more")


def merged(stage: CliStage) -> None:
    states.merged(stage, against=states.champion(stage))


def unapproved(stage: CliStage) -> None:
    states.unapproved_merge(stage, against=states.champion(stage))


def two_merged(stage: CliStage) -> None:
    first = states.champion(stage)
    states.merged(stage, against=first)
    states.merged(stage, against=first)


def held(stage: CliStage) -> None:
    merged(stage)
    hold(stage.world("model-owner"), MODEL, version=None, release=False, reason="audit")


def turned_down(stage: CliStage) -> None:
    """One pull request was closed, another lies open beyond its time."""
    asked = states.opened(stage)
    stage.forge("second-owner").close(asked.pull_request.number, reason="insufficient uplift in major segments")
    states.opened(stage)
    stage.clock.pass_by(days=14)


def champion(stage: CliStage) -> None:
    states.champion(stage)


def two_champions(stage: CliStage) -> None:
    states.two_champions(stage)


def rolled_back(stage: CliStage) -> None:
    states.rolled_back(stage)


def diverged(stage: CliStage) -> None:
    states.diverged(stage)


def in_trouble(stage: CliStage) -> None:
    """Expired, held, edited, and asked for more by today's policy."""
    asked = states.merged(stage)
    promote(stage.world())
    hold(stage.world("model-owner"), MODEL, version="1", release=False, reason="it leaks")
    stage.registry.change_files(MODEL, "1", {"MLmodel": b"other"})
    stage.push({"policy/default.yaml": POLICY.replace("0.7", "0.95")}, message="ask for more")
    stage.push({asked.proposal.path: asked.draft.document.decode() + "# edited\n"}, message="polish")
    stage.clock.pass_by(days=91)


def fresh_evidence(stage: CliStage) -> None:
    version = states.champion(stage)
    evidence = evidence_of(version, None, value=0.9, gain=0.0, clock=stage.clock)
    (stage.work / "fresh.json").write_bytes(evidence.to_bytes())


def busy(stage: CliStage) -> None:
    """Everything at once: former champion, a merged and an open proposal, a hold, a second model that is broken."""
    _, second = states.two_champions(stage)
    merged_proposal(stage, stage.train(), against=second)
    states.opened(stage, against=second)
    hold(stage.world("model-owner"), MODEL, version="1", release=False, reason="too slow")
    stage.push({"models/iris/model.yaml": "owner: [\n"}, message="break another")


def tampered(stage: CliStage) -> None:
    states.two_champions(stage)
    log = stage.show("promotions-log:changelog/churn.jsonl").replace("more trees", "no trees", 1) + "\n"
    page = stage.show("promotions-log:CHANGELOG.md") + "\nv9 was promoted as well.\n"
    stage.push({"changelog/churn.jsonl": log, "CHANGELOG.md": page}, message="tidy", branch="promotions-log")


def files_to_judge(stage: CliStage) -> None:
    first, second, third = stage.train(), stage.train(), stage.train()
    for name, version, gain in (("better", second, 0.1), ("unclear", third, 0.0)):
        evidence = evidence_of(version, first, value=0.9, gain=gain, clock=stage.clock)
        (stage.work / f"{name}.json").write_bytes(evidence.to_bytes())
    (stage.work / "broken.json").write_bytes(canonical_json({"schema": "coronet/evidence/v1", "modl": "churn"}))


def trained_and_bought(stage: CliStage) -> None:
    """A model with a trainer, one without."""
    text = FILES["models/churn/model.yaml"]
    stage.push({"models/fraud/model.yaml": f"{text}trainer: train.py:fit\n"}, message="govern fraud")


def on_call(stage: CliStage) -> None:
    stage.push({"policy/churn.yaml": _ON_CALL + "rollback: {who: [engineer]}\n"}, message="a fast lane")
    two_champions(stage)


def four_eyes(stage: CliStage) -> None:
    lane = "rollback: {who: [engineer, owners], four_eyes: true}\n"
    stage.push({"policy/churn.yaml": _ON_CALL + lane}, message="a fast lane for two")
    two_champions(stage)


_ON_CALL = "schema: coronet/policy/v1\n"


def own_policy(stage: CliStage) -> None:
    own = "schema: coronet/policy/v1\ngates: {good_enough: {value: 0.8}}\nproposals: {expire_after: 3d}\n"
    stage.push({"policy/churn.yaml": own}, message="a policy of its own")


ODD_POLICY = """\
schema: coronet/policy/v1
gates:
  good_enough: {value: 1.5}
  harmless: {metric: accuracy, rule: non_inferior, margin: 0.02, by: [region]}
"""
POLICY_CASES = """\
schema: coronet/policy-cases/v1
cases:
  - name: clearly better
    metrics: [{metric: roc_auc, champion: 0.8, candidate: 0.85, within: 0.01}]
    expect: {verdict: pass, gates: {better: pass}}
  - name: better by luck
    metrics: [{metric: roc_auc, champion: 0.8, candidate: 0.805, within: 0.01}]
    expect: {verdict: pass}
"""


def odd_policy(stage: CliStage) -> None:
    stage.push({"policy/churn.yaml": ODD_POLICY}, message="an odd policy")


def policy_cases(stage: CliStage) -> None:
    stage.push({"policy/churn.cases.yaml": POLICY_CASES}, message="cases of the policy")


def stricter_since(stage: CliStage) -> None:
    """Champions that the policy of today would not have let through."""
    rolled_back(stage)
    stage.push({"policy/default.yaml": POLICY.replace("0.7", "0.95")}, message="ask for more")


def tables(stage: CliStage) -> None:
    """Two tables of visitors; in the second they are older, and from elsewhere."""
    rows = {
        "before.csv": [f"{i},{20 + i % 50},{'ab'[i % 2]}" for i in range(200)],
        "now.csv": [f"{i},{60 + i % 50},{'bc'[i % 2]}" for i in range(200)],
    }
    for name, lines in rows.items():
        (stage.work / name).write_text("\n".join(["id,age,region", *lines, ""]))


def outcomes(stage: CliStage) -> None:
    """What 200 customers did, each with one of two versions: more bought where they met the second."""
    lines = ["customer,version,bought,refunded,region"]
    for place in range(600):
        customer = place % 200
        version, bought = (5, place % 5 == 0) if customer < 100 else (7, place % 2 == 0)
        lines.append(f"{customer},{version},{str(bought).lower()},{int(place % 50 == 0)},{'ab'[customer % 2]}")
    (stage.work / "outcomes.csv").write_text("\n".join([*lines, ""]))


def profiled_table(stage: CliStage) -> None:
    """The second of these tables, and of the first what was written down."""
    tables(stage)
    files = FileColumns(stage.work)
    report = make_profile(files, "before.csv", columns=(), leave_out=("id",), progress=lambda step, detail="": None)
    (stage.work / "profile.json").write_bytes(canonical_json(report.to_json()))
    (stage.work / "before.csv").unlink()


# --- cases ----------------------------------------------------------------------------------------

CASES: Mapping[str, Case] = {
    "propose-opens": Case(state=candidates, typed="propose churn --hypothesis-id H-7"),
    "propose-dry-run": Case(state=candidates, typed="propose churn --dry-run"),
    "propose-none-is-better": Case(state=losers, typed="propose churn", code=4),
    "propose-finds-it-open": Case(state=opened, typed="propose churn --candidate 2"),
    "check-passes": Case(state=opened, typed="check 2"),
    "check-doctored": Case(state=doctored, typed="check 2", code=4),
    "check-stale": Case(state=stale, typed="check 1", code=4),
    "check-nothing": Case(state=opened, typed="check main"),
    "promote-moves": Case(state=merged, typed="promote", actor="promoter"),
    "promote-dry-run": Case(state=merged, typed="promote --dry-run", actor="promoter"),
    "promote-refuses": Case(state=unapproved, typed="promote churn", code=4, actor="promoter"),
    "promote-conflict": Case(state=two_merged, typed="promote", code=5, actor="promoter"),
    "promote-waits": Case(state=held, typed="promote", actor="promoter"),
    "promote-nothing": Case(state=champion, typed="promote", actor="promoter"),
    "promote-closes": Case(state=turned_down, typed="promote", actor="promoter"),
    "sweep": Case(state=left_behind, typed="sweep", actor="promoter"),
    "sweep-closes": Case(state=left_behind, typed="sweep --close-stale", actor="promoter"),
    "sweep-expired": Case(state=turned_down, typed="sweep", actor="promoter"),
    "sweep-dry-run": Case(state=left_behind, typed="sweep --dry-run", actor="promoter"),
    "sweep-nothing": Case(state=opened, typed="sweep", actor="promoter"),
    "promote-diverged": Case(state=diverged, typed="promote", code=5, actor="promoter"),
    "promote-heals": Case(state=diverged, typed="promote --heal", actor="promoter"),
    "gate-passes": Case(state=champion, typed="gate churn"),
    "gate-smoke": Case(state=champion, typed="gate churn --mode smoke --policy then"),
    "gate-fails": Case(state=in_trouble, typed="gate churn", code=4),
    "gate-nothing": Case(state=nothing, typed="gate churn", code=4),
    "rollback-opens": Case(state=two_champions, typed="rollback churn --summary errors"),
    "rollback-now": Case(state=on_call, typed="rollback churn --now --reason errors"),
    "rollback-now-nobody": Case(state=two_champions, typed="rollback churn --now --reason errors", code=4),
    "rollback-now-four-eyes": Case(state=four_eyes, typed="rollback churn --now --reason errors"),
    "renew-opens": Case(state=fresh_evidence, typed="renew churn --evidence fresh.json"),
    "hold": Case(state=champion, typed="hold churn --reason audit", actor="model-owner"),
    "hold-dry-run": Case(state=champion, typed="hold churn --reason audit --dry-run", actor="model-owner"),
    "hold-releases": Case(state=rolled_back, typed="hold churn --version 2 --release --reason mended"),
    "status-busy": Case(state=busy, typed="status --versions"),
    "status-one": Case(state=diverged, typed="status churn"),
    "status-nothing": Case(state=nothing, typed="status"),
    "log": Case(state=rolled_back, typed="log churn"),
    "log-at": Case(state=rolled_back, typed="log --at 2026-11-20T12:06:30Z"),
    "log-intents": Case(state=champion, typed="log --intents --limit 2"),
    "verify-intact": Case(state=rolled_back, typed="verify"),
    "verify-tampered": Case(state=tampered, typed="verify", code=4),
    "judge-passes": Case(state=files_to_judge, typed="judge better.json --policy policy/default.yaml"),
    "judge-unclear": Case(state=files_to_judge, typed="judge unclear.json --policy policy/default.yaml", code=4),
    "judge-as-rollback": Case(
        state=files_to_judge, typed="judge unclear.json --policy policy/default.yaml --kind rollback"
    ),
    "models-all": Case(state=trained_and_bought, typed="models"),
    "models-named": Case(state=trained_and_bought, typed="models all --changed-since 0000000000"),
    "doctor-local": Case(state=busy, typed="doctor", code=4),
    "drift": Case(state=tables, typed="drift before.csv now.csv --leave-out id --html drift.html", code=4),
    "abtest": Case(
        state=outcomes,
        typed="abtest outcomes.csv --arm version --champion 5 --candidate 7 --unit customer --superior bought"
        " --non-inferior refunded=0.1 --lower-is-better refunded --share 0.5 --segment region",
    ),
    "abtest-unclear": Case(
        state=outcomes,
        typed="abtest outcomes.csv --arm version --champion 5 --candidate 7 --superior refunded --looks 4",
        code=4,
    ),
    "profile": Case(state=tables, typed="profile before.csv --leave-out id --output profile.json"),
    "drift-by-profile": Case(state=profiled_table, typed="drift profile.json now.csv", code=4),
    "drift-by-column": Case(state=tables, typed="drift before.csv before.csv --column age --rule any_p"),
    "policy-show": Case(state=own_policy, typed="policy show churn"),
    "policy-lint": Case(state=odd_policy, typed="policy lint", code=3),
    "policy-lint-sound": Case(state=nothing, typed="policy lint churn"),
    "policy-test": Case(state=policy_cases, typed="policy test", code=4),
    "policy-power": Case(state=files_to_judge, typed="policy power churn --evidence unclear.json --effect 0.01"),
    "policy-power-assumed": Case(
        state=files_to_judge, typed="policy power churn --assume roc_auc=0.8 --positive 0.3 --effect 0.01"
    ),
    "policy-backtest-closed": Case(state=stricter_since, typed="policy backtest --since 30d --closed"),
    "policy-backtest": Case(state=stricter_since, typed="policy backtest"),
}


class Shelf:
    """Worlds that were built once, and are copied for each command line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[State, CliStage] = {}
        self._copies = 0

    def fresh(self, state: State) -> CliStage:
        """A world in this state, of which nobody else has anything."""
        if state not in self._built:
            folder = self._folder / state.__name__
            folder.mkdir(parents=True)
            self._built[state] = CliStage(folder)
            state(self._built[state])
        self._copies += 1
        return self._built[state].copy_to(self._folder / f"copy-{self._copies}")


def answer(shelf: Shelf, case: Case, form: str) -> Typed:
    return type_in(shelf.fresh(case.state), *case.typed.split(), "--format", form, actor=case.actor)


def answers(shelf: Shelf, case: Case) -> dict[str, str]:
    """The files of a case: standard output in each format, standard error."""
    typed = {form: answer(shelf, case, form) for form in FORMATS}
    return {**{FORMATS[form]: typed[form].out for form in FORMATS}, "err.txt": typed["text"].err}
