"""Specimen images for tests and the demo: a leader's signature in blue ink, an organisation's red seal.

    python -m certs.test.images FOLDER     writes one of each, to look at

Both are PNGs with a transparent ground at 600 dpi, the dpi written into the file, so that their true size
can be read from them. The same name always gives the same picture. Nobody's real signature or seal is
imitated: the pen's path is drawn from a hash of the name, and every seal says MẪU (specimen).
"""

import argparse
import io
import math
import random
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

DPI = 600
FINE = 2  # everything is drawn this much larger, then reduced: Pillow draws edges hard
SIGNATURE_MM = (44.0, 25.0)
SEAL_MM = 36.0
BLUE = (24, 52, 158)  # the colour of a leader's signature image (R-SIG-06)
RED = (206, 22, 30)  # the colour of an organisation's seal image (R-SIG-07)
SPECIMEN = "MẪU"

Point = tuple[float, float]


def signature(name: str) -> bytes:
    """A PNG of a made-up handwritten signature, 44 x 25 mm: different for each name, blue on nothing."""
    chance = random.Random(name)  # noqa: S311 - a picture, not a secret
    width, height = (_pixels(mm) for mm in SIGNATURE_MM)
    ink = Image.new("L", (width, height))
    draw = ImageDraw.Draw(ink)
    for curve in _fitted([_smooth(stroke) for stroke in _strokes(chance)], width, height):
        _pen(draw, curve, chance, widest=width / 62)
    return _png(_uneven(ink, chance, 0.12), BLUE)


def seal(body: str, rim: str = f"BẢN {SPECIMEN} - CHỈ ĐỂ THỬ") -> bytes:
    """A PNG of a round seal, 36 mm across: two rings, `body` above, `rim` below, a star; red on nothing.

    `rim` must say that it is a specimen: a ValueError otherwise.
    """
    if SPECIMEN not in rim:
        raise ValueError(f"the rim of a specimen seal must say {SPECIMEN}")
    side = _pixels(SEAL_MM)
    middle = side / 2
    ink = Image.new("L", (side, side))
    draw = ImageDraw.Draw(ink)
    for radius, thick in ((0.488, 0.017), (0.462, 0.006), (0.318, 0.008)):
        _ring(draw, middle, radius * side, thick * side)
    _arc_text(ink, body, radius=0.39 * side, size=0.082 * side, top=True)
    _arc_text(ink, rim, radius=0.39 * side, size=0.052 * side, top=False)
    draw.polygon(_star((middle, middle - 0.045 * side), 0.2 * side), fill=255)
    font = _font(0.1 * side)
    draw.text((middle, middle + 0.2 * side), SPECIMEN, font=font, fill=255, anchor="mm")
    return _png(_uneven(ink, random.Random(body), 0.22), RED)  # noqa: S311 - a picture


def _pixels(mm: float) -> int:
    return round(mm / 25.4 * DPI) * FINE


def _png(ink: Image.Image, colour: tuple[int, int, int]) -> bytes:
    """`ink` as the opacity of one colour, at its final size."""
    size = (ink.width // FINE, ink.height // FINE)
    picture = Image.new("RGBA", size, (*colour, 0))
    # In sixteen shades: the picture goes into every document, and unseen shades triple its size.
    picture.putalpha(ink.resize(size, Image.Resampling.BOX).point(lambda value: (value + 8) // 17 * 17))
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(DPI, DPI), optimize=True)
    return out.getvalue()


def _uneven(ink: Image.Image, chance: random.Random, depth: float) -> Image.Image:
    """Ink as it comes from a stamp or a pen: up to `depth` of it missing, in soft patches."""
    patches = Image.frombytes("L", (40, 40), chance.randbytes(40 * 40)).resize(
        ink.size, Image.Resampling.BICUBIC
    )
    return ImageChops.multiply(ink, patches.point(lambda value: round(255 - depth * value)))


# ---- the pen


# Capitals as the pen goes: how far along, how high over the line of writing.
CAPITALS: tuple[tuple[Point, ...], ...] = (
    # like an R
    (
        (0.02, 0.24),
        (0.08, 0.40),
        (0.13, 0.16),
        (0.08, -0.14),
        (0.01, -0.10),
        (0.06, 0.10),
        (0.17, 0.34),
        (0.21, 0.18),
        (0.16, 0.02),
    ),
    # like an L
    (
        (0.10, 0.22),
        (0.16, 0.38),
        (0.13, 0.42),
        (0.08, 0.18),
        (0.04, -0.06),
        (-0.02, -0.10),
        (0.00, -0.02),
        (0.10, -0.03),
        (0.19, 0.00),
    ),
    # like a T
    (
        (-0.02, 0.28),
        (0.04, 0.38),
        (0.14, 0.34),
        (0.26, 0.42),
        (0.14, 0.36),
        (0.12, 0.10),
        (0.08, -0.08),
        (0.02, -0.04),
        (0.09, 0.06),
        (0.17, 0.01),
    ),
    # like an H
    (
        (0.00, 0.26),
        (0.06, 0.38),
        (0.05, 0.08),
        (0.00, -0.08),
        (0.06, 0.12),
        (0.18, 0.40),
        (0.15, 0.10),
        (0.10, 0.16),
        (0.18, 0.01),
    ),
)


def _strokes(chance: random.Random) -> list[list[Point]]:
    """The pen's way, two strokes: a capital with a run of letters, and a paraph under them."""
    slant = chance.uniform(0.10, 0.18)
    rise = chance.uniform(0.06, 0.14)  # the line of writing climbs

    def at(x: float, up: float) -> Point:
        return x + slant * up, (-rise * x - up) * SIGNATURE_MM[1] / SIGNATURE_MM[0]

    tall = chance.uniform(0.9, 1.15)
    name = [at(x, up * tall + chance.uniform(-0.015, 0.015)) for x, up in chance.choice(CAPITALS)]
    x = 0.20
    name.append(at(x, 0.0))
    for _ in range(chance.randint(4, 6)):
        step = chance.uniform(0.045, 0.07)
        up = chance.uniform(0.07, 0.12) + (0.28 if chance.random() < 0.25 else 0.0)
        # Up, round the top, down again and through the line: what a written letter is, more or less.
        name += [at(x + step * 0.9, up * 0.75), at(x + step * 0.65, up), at(x + step * 0.45, up * 0.5)]
        name.append(at(x + step * 0.75, -0.23 if chance.random() < 0.2 else chance.uniform(-0.03, 0.01)))
        x += step
    name += [at(x + 0.06, 0.05), at(x + 0.16, chance.uniform(0.02, 0.10))]
    paraph = [
        at(x + 0.10, -0.02),
        at(x + chance.uniform(0.24, 0.32), chance.uniform(-0.02, 0.06)),
        at(x * 0.9, -chance.uniform(0.16, 0.22)),
        at(0.06, -chance.uniform(0.20, 0.26)),
        at(0.14, -chance.uniform(0.30, 0.35)),
        at(x, -chance.uniform(0.20, 0.26)),
        at(x + chance.uniform(0.26, 0.36), -chance.uniform(0.08, 0.14)),
    ]
    return [name, paraph]


def _fitted(curves: list[list[Point]], width: float, height: float) -> list[list[Point]]:
    """The curves in one scale, as large as the picture and the pen's width allow, in its middle."""
    xs, ys = zip(*(point for curve in curves for point in curve), strict=True)
    scale = min(width * 0.94 / (max(xs) - min(xs)), height * 0.92 / (max(ys) - min(ys)))
    dx = width / 2 - scale * (max(xs) + min(xs)) / 2
    dy = height / 2 - scale * (max(ys) + min(ys)) / 2
    return [[(x * scale + dx, y * scale + dy) for x, y in curve] for curve in curves]


def _smooth(points: list[Point], steps: int = 60) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    padded = [points[0], *points, points[-1]]
    curve = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return [*curve, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _pen(draw: ImageDraw.ImageDraw, curve: list[Point], chance: random.Random, widest: float) -> None:
    """A nib that leaves less ink where it is fast, and lifts at both ends."""
    usual = sum(math.dist(a, b) for a, b in pairwise(curve)) / len(curve)
    width = widest * 0.4
    lift = len(curve) / 14
    for index, (here, there) in enumerate(pairwise(curve)):
        speed = math.dist(here, there) / usual
        end = min(1.0, (index + 1) / lift * 2, (len(curve) - index) / lift)
        downward = 0.25 if there[1] > here[1] else 0.0
        aim = (
            widest
            * (0.30 + 0.45 / (0.6 + speed) + downward)
            * (0.25 + 0.75 * end)
            * chance.uniform(0.97, 1.03)
        )
        width += (aim - width) * 0.12
        count = max(1, round(math.dist(here, there) / (width / 4)))
        for part in range(count):
            x = here[0] + (there[0] - here[0]) * part / count
            y = here[1] + (there[1] - here[1]) * part / count
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)


# ---- the stamp


def _font(size: float) -> ImageFont.FreeTypeFont:
    """Source Serif Pro, bold: it has every Vietnamese letter."""
    path = files("font_source_serif_pro") / "files" / "SourceSerifPro-Bold.ttf"
    return ImageFont.truetype(io.BytesIO(path.read_bytes()), size)


def _ring(draw: ImageDraw.ImageDraw, middle: float, radius: float, thick: float) -> None:
    box = (middle - radius, middle - radius, middle + radius, middle + radius)
    draw.ellipse(box, outline=255, width=round(thick))


def _star(middle: Point, radius: float) -> list[Point]:
    """Five points, one up; the inner corners lie where a drawn pentagram crosses itself."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    return [
        (
            middle[0] + (inner if corner % 2 else radius) * math.sin(corner * math.pi / 5),
            middle[1] - (inner if corner % 2 else radius) * math.cos(corner * math.pi / 5),
        )
        for corner in range(10)
    ]


def _arc_text(ink: Image.Image, text: str, *, radius: float, size: float, top: bool) -> None:
    """`text` along a circle round the middle of `ink`, read from outside: over the top or under the bottom.

    A long text is set smaller, so that the upper one keeps to 230 degrees and the lower one to 100.
    """
    room = math.radians(230 if top else 100) * radius
    tracking = 1.06
    font = _font(size)
    long = font.getlength(text) * tracking
    if long > room:
        font = _font(size * room / long)
        long = room
    pen = -long / 2
    middle = ink.width / 2
    capital = font.getbbox("H", anchor="ls")[1]  # negative: the height of a capital over the line
    for letter in text:
        advance = font.getlength(letter) * tracking
        angle = (pen + advance / 2) / radius
        pen += advance
        # Turned round the middle of a tile that is just large enough, then laid on the circle.
        half = math.ceil(font.size)
        tile = Image.new("L", (2 * half, 2 * half))
        ImageDraw.Draw(tile).text((half, half - capital / 2), letter, font=font, fill=255, anchor="ms")
        turned = tile.rotate(math.degrees(-angle if top else angle), Image.Resampling.BICUBIC)
        x = middle + radius * math.sin(angle)
        y = middle - radius * math.cos(angle) * (1 if top else -1)
        ink.paste(255, (round(x) - half, round(y) - half), turned)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw a specimen signature and seal.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signature.png").write_bytes(signature("Trần Văn Mẫu"))
    (folder / "seal.png").write_bytes(seal("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"))


if __name__ == "__main__":
    main()
