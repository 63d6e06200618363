"""The participant flow as boxes: who stays goes down, who leaves goes to the side."""

from collections.abc import Sequence

from macroimmune.report.numbers import count, plural
from macroimmune.report.svg import Figure, path, text, wrap

__all__ = ["flow_figure"]

_WIDTH, _BOX, _SIDE, _GAP, _LINE = 960, 440, 470, 44, 32

Step = tuple[str, int | None, int | None, str]


def flow_figure(steps: Sequence[Step]) -> Figure:
    """Return the drawn flow.

    Parameters
    ----------
    steps : sequence of (step, n, n_excluded, reason)
        As in the table of the participant flow, in order.
    """
    parts: list[str] = []
    y = 4
    for index, (step, n, n_excluded, reason) in enumerate(steps):
        main = (*wrap(step, 30), f"n = {count(n)}")
        side = (
            (*wrap(reason or "left out", 32, 4), f"n = {count(n_excluded)}") if n_excluded else ()
        )
        height = max(len(main), len(side)) * _LINE + 28
        if index:
            parts.append(path(f"M{_BOX // 2} {y - _GAP}v{_GAP - 4}m-8 -12l8 12l8 -12", "arrow"))
        parts.append(_box(2, y, _BOX, height, main, "fbox"))
        if side:
            middle = y + height // 2
            parts.extend((
                path(f"M{_BOX + 2} {middle}H{_SIDE + 14}m-12 -8l12 8l-12 8", "arrow"),
                _box(_SIDE + 18, y, _WIDTH - _SIDE - 22, height, side, "fout"),
            ))
        y += height + _GAP
    left = sum(n_excluded or 0 for _, _, n_excluded, _ in steps)
    return Figure(
        name="participant-flow",
        kind="flow",
        title="Participant flow",
        description=f"{plural(len(steps), 'step')}; {plural(left, 'participant')} left out in all.",
        width=_WIDTH,
        height=y - _GAP + 4,
        body="".join(parts),
    )


def _box(x: int, y: int, width: int, height: int, lines: Sequence[str], look: str) -> str:
    frame = path(f"M{x} {y}h{width}v{height}h-{width}z", look)
    words = (
        text(
            x + width / 2,
            y + 36 + index * _LINE,
            line,
            "t l m bold" if line is lines[-1] else "t l m",
        )
        for index, line in enumerate(lines)
    )
    return frame + "".join(words)
