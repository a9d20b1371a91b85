from pathlib import Path

import pytest

from tests.stage.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A governed model without any version."""
    return Stage(tmp_path)
