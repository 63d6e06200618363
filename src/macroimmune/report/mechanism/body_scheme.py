"""A drawn body: outline, lungs, vessels, spleen, marrow, a node and a tumour, as SVG paths."""

from macroimmune.report.svg import path

__all__ = ["BODY_HEIGHT", "PLACES", "body_scheme"]

BODY_HEIGHT = 1000
# Where a line from a compartment's box ends, in the coordinates of the scheme (0 to 440 across).
PLACES = {
    "lu": (168, 270),
    "tu": (142, 462),
    "ln": (118, 560),
    "bl": (232, 330),
    "sp": (300, 408),
    "bm": (292, 790),
}

_OUTLINE = (
    "M220 20c46 0 70 36 68 80c-2 34 -14 58 -32 72c0 14 4 24 20 30c40 14 84 18 104 52"
    "c18 32 30 150 40 300l10 92c2 22 -26 26 -32 6l-34 -160c-8 -40 -18 -84 -26 -120"
    "c-4 60 -2 120 4 170c10 70 16 130 8 210l-14 240h-92l-20 -300l-4 -40l-4 40l-20 300h-92"
    "l-14 -240c-8 -80 -2 -140 8 -210c6 -50 8 -110 4 -170c-8 36 -18 80 -26 120l-34 160"
    "c-6 20 -34 16 -32 -6l10 -92c10 -150 22 -268 40 -300c20 -34 64 -38 104 -52"
    "c16 -6 20 -16 20 -30c-18 -14 -30 -38 -32 -72c-2 -44 22 -80 68 -80z"
)
_LUNGS = (
    "M206 232c-40 4 -74 40 -76 130c0 22 10 30 26 24c26 -10 46 -22 50 -44z"
    "M240 232c40 4 70 40 72 120c0 20 -8 28 -24 24c-20 -8 -42 -18 -48 -36z"
)
_HEART = (
    "M216 318c-16 -14 -34 2 -26 22c6 16 22 26 34 38c14 -12 28 -26 30 -46c2 -20 -20 -30 -38 -14z"
)
_VESSELS = (
    "M223 312V180M223 378V600"
    "M223 600C210 640 180 660 174 720V940M223 600C238 640 264 660 270 720V940"
    "M223 214C170 214 104 236 92 290L60 520M223 214C276 214 342 236 354 290L386 520"
)
_SPLEEN = "M288 398c22 -12 42 6 40 34c-2 22 -18 30 -30 22c4 -20 0 -36 -10 -56z"
_FEMUR = (
    "M262 660c-12 -16 4 -32 18 -24c16 -6 32 8 22 26c-8 14 -6 30 -5 50l3 130c2 20 8 30 8 42"
    "c0 16 -44 16 -44 0c0 -12 6 -22 6 -42l-3 -130c0 -20 0 -38 -5 -52z"
)
_MARROW = "M278 690c4 -6 10 -6 12 0l4 150c0 8 -14 8 -14 0z"
_NODE = "M104 552c10 -14 34 -10 34 10c0 18 -22 24 -32 14c4 -8 4 -16 -2 -24z"
_LYMPH = "M142 478C150 510 140 530 128 548"
_TUMOUR = (
    "M120 452c-6 -16 8 -30 20 -26c6 -12 28 -12 32 2c16 0 22 20 12 30c6 14 -8 28 -22 24"
    "c-8 10 -26 8 -30 -4c-12 0 -18 -14 -12 -26z"
)


def body_scheme(x: float, y: float) -> str:
    """Return the scheme with its upper left corner at (x, y); 440 wide, `BODY_HEIGHT` high."""
    drawn = (
        path(_OUTLINE, "skin")
        + path(_LUNGS, "organ")
        + path(_VESSELS, "vessel")
        + path(_HEART, "heart")
        + path(_SPLEEN, "spleen")
        + path(_FEMUR, "bone")
        + path(_MARROW, "marrow")
        + path(_LYMPH, "lymph")
        + path(_NODE, "node")
        + path(_TUMOUR, "lump")
    )
    return f'<g transform="translate({x:.0f} {y:.0f})">{drawn}</g>'
