"""Photographs: drawn anew for showing, asked for place and time, and freed of them."""

import io
import math
import re
from typing import Any, BinaryIO

from PIL import Image, ImageOps

SIDE = 1600  # pixels of the picture that is shown
MOST_PIXELS = 120_000_000

Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow raises at twice this
EXIF, GPS, ORIENTATION = 0x8769, 0x8825, 0x0112
TAKEN, TAKEN_OFFSET = 0x9003, 0x9011
NORTH_SOUTH, LATITUDE, EAST_WEST, LONGITUDE = 1, 2, 3, 4
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")


def look(content: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Place and time as far as they are stated, and the picture as a JPEG, upright, with nothing else in it."""
    image = _open(content)
    details = {"width": image.width, "height": image.height, **_place_and_time(image)}
    image.draft("RGB", (SIDE, SIDE))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((SIDE, SIDE))
    image = _on_white(image)
    image.info = {}  # what Pillow carried along would be written too
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return details, out.getvalue()


def strip(content: BinaryIO) -> bytes:
    """The picture in its own size and format, with its colours and its orientation, and nothing else about it."""
    image = _open(content)
    kept = Image.Exif()
    if turned := image.getexif().get(ORIENTATION):
        kept[ORIENTATION] = turned
    colours = {"icc_profile": image.info["icc_profile"]} if image.info.get("icc_profile") else {}
    out = io.BytesIO()
    if image.format == "JPEG":
        # The same tables again: it looks as it did. A comment would be carried over by itself.
        image.save(out, "JPEG", quality="keep", exif=kept, comment=b"", **colours)
    else:
        image.load()
        image.save(out, "PNG", exif=kept, **colours)
    return out.getvalue()


def _open(content: BinaryIO) -> Image.Image:
    content.seek(0)
    return Image.open(content, formats=("JPEG", "PNG"))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _place_and_time(image: Image.Image) -> dict[str, Any]:
    """What is no sensible time or place is left out."""
    try:
        exif = image.getexif()
        taken, places = exif.get_ifd(EXIF), exif.get_ifd(GPS)
    except Exception:  # whatever a damaged directory raises: the picture may still be one
        return {}
    found: dict[str, Any] = {}
    if when := _TIME.match(str(taken.get(TAKEN, ""))):
        offset = str(taken.get(TAKEN_OFFSET, ""))
        year, month, day, time = when.groups()
        found["taken_at"] = f"{year}-{month}-{day}T{time}" + (offset if _OFFSET.fullmatch(offset) else "")
    latitude = _degrees(places.get(LATITUDE), str(places.get(NORTH_SOUTH)) == "S")
    longitude = _degrees(places.get(LONGITUDE), str(places.get(EAST_WEST)) == "W")
    if latitude is not None and longitude is not None:
        found |= {"latitude": latitude, "longitude": longitude}
    return found


def _degrees(parts: Any, negative: bool) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if negative else value, 6) if math.isfinite(value) else None
