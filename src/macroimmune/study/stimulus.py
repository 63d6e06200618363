"""The words by which a well is marked as one without a stimulus."""

__all__ = ["UNSTIMULATED"]

# Compared without case and surrounding spaces; an empty cell counts too.
UNSTIMULATED = (
    "",
    "none",
    "unstimulated",
    "unstim",
    "untreated",
    "medium",
    "media",
    "ref",
    "reference",
    "ctrl",
    "control",
    "mock",
    "vehicle",
)
