"""Files as people send them, made on the spot."""

import io
import zipfile

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # right by its head, and no page
TAKEN, PLACE = "2018:12:01 09:30:15", (21.0, 16.0, 12.0)


def photo(size=(120, 80), colour="steelblue", *, turned: int = 1, format="JPEG") -> bytes:
    """A photograph that says when and where it was taken (21.27° N, 110.36° E), and a comment besides."""
    told = Image.Exif()
    told[0x0112] = turned
    told.get_ifd(0x8769).update({0x9003: TAKEN})
    told.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: (110.0, 21.0, 36.0)})
    out = io.BytesIO()
    more = {"comment": b"a hidden remark"} if format == "JPEG" else {}
    Image.new("RGB", size, colour).save(out, format, exif=told, **more)
    return out.getvalue()


def plain_picture(format="PNG", mode="RGB", size=(40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format)
    return out.getvalue()


def pdf(*colours: str) -> bytes:
    """A PDF with one page of each colour."""
    pages = [Image.new("RGB", (300, 400), colour) for colour in colours]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def docx(**parts: bytes) -> bytes:
    main = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="application/{main}"/></Types>',
        )
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()
