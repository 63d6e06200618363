"""macroimmune: the immune macroenvironment of cancer patients, from their blood."""

__all__: list[str] = []
