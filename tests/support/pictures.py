"""Pages as two viewers show them. PDFium runs in a process of its own, as everywhere."""

import io
import subprocess
import sys

from PIL import Image, ImageChops

from document.page import Box

DPI = 100
_PDFIUM = """
import sys, pypdfium2
with pypdfium2.PdfDocument(sys.stdin.buffer.read()) as pdf:
    pdf.init_forms()
    picture = pdf[int(sys.argv[1])].render(scale=float(sys.argv[2]) / 72, may_draw_forms=True).to_pil()
    picture.convert("RGB").save(sys.stdout.buffer, "PNG")
"""


def poppler(pdf: bytes, page: int = 0) -> Image.Image:
    command = ["pdftoppm", "-cropbox", "-png", "-r", str(DPI), "-f", str(page + 1), "-l", str(page + 1), "-"]
    return _picture(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)


def pdfium(pdf: bytes, page: int = 0) -> Image.Image:
    command = [sys.executable, "-c", _PDFIUM, str(page), str(DPI)]
    return _picture(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)


def cut(picture: Image.Image, box: Box) -> Image.Image:
    """What is seen of `box` (points, on an upright page with its corner at 0, 0)."""
    scale, height = DPI / 72, picture.height
    edges = (box.x0 * scale, height - box.y1 * scale, box.x1 * scale, height - box.y0 * scale)
    return picture.crop((round(edges[0]), round(edges[1]), round(edges[2]), round(edges[3])))


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Where something is drawn; None on an empty picture."""
    return ImageChops.invert(picture.convert("L")).point(lambda grey: 255 if grey > 60 else 0).getbbox()


def share(picture: Image.Image, colour: str) -> float:
    """Which part of the pixels is clearly `red`, `blue` or `black`."""
    found = 0
    data = picture.convert("RGB").tobytes()
    for red, green, blue in zip(data[0::3], data[1::3], data[2::3], strict=True):
        found += {
            "red": red > green + 80 and red > blue + 60,
            "blue": blue > red + 60,
            "black": max(red, green, blue) < 110,
        }[colour]
    return found / (picture.width * picture.height)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Which part of the pixels differs clearly; 1 where the sizes differ by more than a pixel."""
    if max(abs(one.width - other.width), abs(one.height - other.height)) > 1:
        return 1.0
    size = (min(one.width, other.width), min(one.height, other.height))
    grey = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size))).convert("L")
    return sum(count for value, count in enumerate(grey.histogram()) if value > 96) / (size[0] * size[1])


def _picture(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB")
