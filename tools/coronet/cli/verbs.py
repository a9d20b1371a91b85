"""The verbs of the command line, by section: where each lives and what it does in one line."""

from typing import NamedTuple


class Verb(NamedTuple):
    module: str
    section: str
    help: str


_MAKE = "Make a candidate"
_PROPOSE = "Propose and review"
_PROMOTE = "Promote and release"
_LOOK = "Look back"
_SETUP = "Set up"

VERBS: dict[str, Verb] = {
    "train": Verb("coronet.cli.train", _MAKE, "Train a model from its model.yaml and register the version."),
    "track": Verb("coronet.cli.track", _MAKE, "Record and register a model that was trained elsewhere."),
    "evaluate": Verb("coronet.cli.evaluate", _MAKE, "Measure a candidate beside the champion: evidence."),
    "report": Verb("coronet.cli.report", _MAKE, "Show evidence as a page with drawings."),
    "models": Verb("coronet.cli.models", _MAKE, "Which models are to be trained: all, named, or changed."),
    "drift": Verb("coronet.cli.drift", _MAKE, "Have the data moved from their reference?"),
    "profile": Verb("coronet.cli.profile", _MAKE, "Write down what drift is measured against later."),
    "abtest": Verb("coronet.cli.abtest", _MAKE, "Which of two versions in use does better?"),
    "data": Verb("coronet.cli.data", _MAKE, "Pin the data of a model by its SHA-256."),
    "judge": Verb("coronet.cli.judge", _PROPOSE, "Does this evidence satisfy this policy?"),
    "propose": Verb("coronet.cli.propose", _PROPOSE, "Rank candidates and open the pull request of the best."),
    "check": Verb("coronet.cli.check", _PROPOSE, "Judge the proposals that a pull request adds."),
    "owners": Verb("coronet.cli.owners", _PROPOSE, "Who must approve a change to these paths."),
    "pr": Verb("coronet.cli.pr", _PROPOSE, "Pull requests of the local forge: view, approve, merge, close."),
    "sweep": Verb("coronet.cli.sweep", _PROPOSE, "Close expired proposals, and tell which were left behind."),
    "promote": Verb("coronet.cli.promote", _PROMOTE, "Bring every alias to what the main branch says."),
    "gate": Verb("coronet.cli.gate", _PROMOTE, "May the champion be released?"),
    "rollback": Verb("coronet.cli.rollback", _PROMOTE, "Propose a former champion."),
    "renew": Verb("coronet.cli.renew", _PROMOTE, "Propose the same champion with fresh evidence."),
    "hold": Verb("coronet.cli.hold", _PROMOTE, "Stop promotions of a model, or let them go on."),
    "status": Verb("coronet.cli.status", _LOOK, "What is champion, what is proposed, what comes next."),
    "log": Verb("coronet.cli.log", _LOOK, "What happened to the aliases of a model, newest first."),
    "verify": Verb("coronet.cli.verify", _LOOK, "Is the record intact?"),
    "policy": Verb("coronet.cli.policy", _SETUP, "Read, lint, test and replay policies."),
    "init": Verb("coronet.cli.init", _SETUP, "Write what a team needs into its repository."),
    "doctor": Verb("coronet.cli.doctor", _SETUP, "Is everything set up that promotions rest on?"),
    "schema": Verb("coronet.cli.schema", _SETUP, "Print the JSON Schema of a file or report."),
    "demo": Verb("coronet.cli.demo", _SETUP, "The whole road once, on this machine, with real models."),
}
