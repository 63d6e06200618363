"""Shares of clones before and after: each a mark, called ones apart, unseen ones on lanes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.axes import Scale, decade_ticks, power_of_ten
from macroimmune.report.numbers import count
from macroimmune.report.repertoires.shapes import shape
from macroimmune.report.svg import Figure, dots, line, path, text

__all__ = ["CloneShares", "change_figure"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH = 190, 920, 64, 700, 960
# Between the axis of seen clones and the lane of unseen ones.
_LANE = 66
_LOOKS = (("expanded", 2, "f1"), ("contracted", 4, "f0"))
_KEY_ROW = 42


@dataclass(frozen=True, slots=True, eq=False)
class CloneShares:
    """The clones of one pair of repertoires.

    Parameters
    ----------
    before, after : float array, shape (clones,), percent
        0 where a clone was not seen.
    call : sequence of str
        "expanded", "contracted" or empty.
    is_singleton : bool array, shape (clones,)
        Whether it was counted once before.
    is_in_tumour : bool array, shape (clones,)
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    call: Sequence[str]
    is_singleton: NDArray[np.bool_]
    is_in_tumour: NDArray[np.bool_]


def change_figure(
    name: str, clones: CloneShares, *, title: str, unit: str, has_calls: bool
) -> Figure:
    """Return the clones on two logarithmic axes, with a dashed line where shares are equal.

    Parameters
    ----------
    name : str
        Stem of its file name.
    clones : CloneShares
        At least one clone that was seen.
    title, unit : str
        Unit of the shares.
    has_calls : bool
        Whether expansion was tested; the legend then counts called clones.

    Notes
    -----
    Convention: clones that one of the repertoires lacks lie on the lane "not seen" of that axis;
    marks at one place are drawn once.
    """
    shares = np.concatenate([clones.before, clones.after])
    seen = shares[shares > 0]
    low, high = float(seen.min()) / 1.3, float(seen.max()) * 1.3
    across = Scale(low, high, _LEFT + _LANE, _RIGHT, is_log=True)
    up = Scale(low, high, _BOTTOM - _LANE, _TOP, is_log=True)
    x = np.where(clones.before > 0, across(np.maximum(clones.before, low)), _LEFT + _LANE / 3)
    y = np.where(clones.after > 0, up(np.maximum(clones.after, low)), _BOTTOM - _LANE / 3)
    call = np.array(clones.call)
    plain = call == ""
    parts = [
        line(across.start, up.start, across.end, up.end, "ref"),
        _axes(across, up, unit),
        _dots(x, y, plain & ~clones.is_singleton, "d6 seen"),
        _dots(x, y, plain & clones.is_singleton, "d5 seen"),
    ]
    for word, look, fill in _LOOKS:
        where = call == word
        parts.append(_shapes(x, y, where & ~clones.is_singleton, look, fill))
        parts.append(_shapes(x, y, where & clones.is_singleton, look, f"{fill} ring"))
    parts.append(_dots(x, y, ~plain & clones.is_in_tumour, "k6 dot"))
    key, height = _key(clones, call, has_calls=has_calls)
    return Figure(
        name=name,
        kind="changes",
        title=title,
        description=f"{count(call.size)} clones: share after against share before, {unit}, both "
        f"axes logarithmic; {count(int((clones.before == 0).sum()))} not seen before, "
        f"{count(int((clones.after == 0).sum()))} not seen after.",
        width=_WIDTH,
        height=_BOTTOM + 100 + height,
        body="".join(parts) + key,
    )


def _places(
    x: NDArray[np.float64], y: NDArray[np.float64], where: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the distinct places on the grid of the figure, shape (places, 2)."""
    places = np.rint(np.column_stack([x[where], y[where]])).astype(np.int64)
    return np.unique(places, axis=0)


def _dots(
    x: NDArray[np.float64], y: NDArray[np.float64], where: NDArray[np.bool_], look: str
) -> str:
    if not where.any():
        return ""
    places = _places(x, y, where)
    return path(dots(places[:, 0], places[:, 1]), look)


def _shapes(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    where: NDArray[np.bool_],
    look: int,
    fill: str,
) -> str:
    commands = "".join(
        shape(look, across, down, 11) for across, down in _places(x, y, where).tolist()
    )
    return path(commands, fill) if commands else ""


def _axes(across: Scale, up: Scale, unit: str) -> str:
    ticks = decade_ticks(across.low, across.high)
    x, y = [across.at(tick) for tick in ticks], [up.at(tick) for tick in ticks]
    gap, lane_x, lane_y = _LANE * 0.65, _LEFT + _LANE / 3, _BOTTOM - _LANE / 3
    commands = (
        f"M{across.start:.0f} {_BOTTOM}H{_RIGHT}M{_LEFT} {up.start:.0f}V{_TOP}"
        f"M{_LEFT} {_BOTTOM}h{gap:.0f}M{_LEFT} {_BOTTOM}v{-gap:.0f}"
        + "".join(f"M{one:.0f} {_BOTTOM}v8" for one in (*x, lane_x))
        + "".join(f"M{_LEFT} {one:.0f}h-8" for one in (*y, lane_y))
    )
    words = [
        *(
            text(one, _BOTTOM + 34, power_of_ten(tick), "t m")
            for one, tick in zip(x, ticks, strict=True)
        ),
        *(
            text(_LEFT - 16, one + 8, power_of_ten(tick), "t e")
            for one, tick in zip(y, ticks, strict=True)
        ),
        text(lane_x, _BOTTOM + 34, "not seen", "t s m"),
        text(_LEFT - 16, lane_y + 8, "not seen", "t s e"),
        text((across.start + _RIGHT) / 2, _BOTTOM + 72, f"{unit} before", "t m l"),
        text(_LEFT - 90, 28, f"{unit} after", "t l"),
    ]
    return path(commands, "ax") + "".join(words)


def _key(clones: CloneShares, call: NDArray[np.str_], *, has_calls: bool) -> tuple[str, int]:
    entries = []
    if has_calls:
        for word, look, fill in _LOOKS:
            where = call == word
            entries.append((shape(look, 0, 0, 11), fill, f"{word}, n = {count(int(where.sum()))}"))
            once = int((where & clones.is_singleton).sum())
            if once:
                words = f"{word}, counted once before, n = {count(once)}"
                entries.append((shape(look, 0, 0, 11), f"{fill} ring", words))
        tumour = int(((call != "") & clones.is_in_tumour).sum())
        if tumour:
            entries.append(("M0 0h0", "k6 dot", f"called and in the tumour, n = {count(tumour)}"))
    rest = "not called" if has_calls else "clone"
    n_rest = int(((call == "") & ~clones.is_singleton).sum())
    entries.append(("M0 0h0", "d6 seen", f"{rest}, n = {count(n_rest)}"))
    n_once = int(((call == "") & clones.is_singleton).sum())
    if n_once:
        entries.append(("M0 0h0", "d5 seen", f"{rest}, counted once before, n = {count(n_once)}"))
    parts = []
    for place, (commands, style, words) in enumerate(entries):
        y = _BOTTOM + 118 + _KEY_ROW * place
        parts.append(f'<g transform="translate({_LEFT} {y - 8})">{path(commands, style)}</g>')
        parts.append(text(_LEFT + 30, y, words, "t s l"))
    return "".join(parts), 20 + _KEY_ROW * len(entries)
