import pytest

from coronet.core.labels import label_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("malignant", "malignant"),
        (1, "1"),
        (1.0, "1"),
        (0.5, "0.5"),
        (True, "True"),
        ("1.0", "1.0"),
        (1e300, str(int(1e300))),
    ],
)
def test_the_same_class_is_the_same_text(value: object, text: str) -> None:
    assert label_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_stays_visible(value: float) -> None:
    assert label_text(value) == str(value)
