"""The way to MLflow's own library: imported late, and kept quiet so that our output stays ours."""

import logging
import os
import warnings
from typing import Any

from coronet.errors import Unavailable

_QUIET = {
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


def open_mlflow() -> Any:
    """The module `mlflow`; one to two seconds the first time. What the user set in the environment stands.

    Raises `Unavailable` where the package is not installed.
    """
    for variable, value in _QUIET.items():
        os.environ.setdefault(variable, value)
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"mlflow(\.|$)")
    try:
        import mlflow
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"this needs the package mlflow, and {error.name} is not installed",
            hint="install coronet with its extra: pip install 'coronet[models]'",
        ) from None
    if "MLFLOW_LOGGING_LEVEL" not in os.environ:
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)  # logs tracebacks of a locked database
        logging.getLogger("alembic").setLevel(logging.ERROR)
    return mlflow
