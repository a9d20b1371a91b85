"""Evidence as a page of its own, with drawings: made from the evidence alone."""

from coronet.core.render.evaluation.page import evaluation_html
from coronet.core.render.evaluation.sheets import evaluation_sheets

__all__ = ["evaluation_html", "evaluation_sheets"]
