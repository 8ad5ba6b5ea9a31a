"""Files of evidence: checking what was sent, keeping it, and giving it back.

What is kept can do no harm to whoever opens it, and says no more than it must: what a file is, is told by
its content and never by its name; pictures are decoded and written anew, without the place and
device that a camera adds; documents that run something are refused. Files are under random names, readable by
the platform's own user alone, and appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import puremagic
from django.conf import settings
from PIL import Image, ImageOps

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.commands import refuse

#: What a browser offers to choose from, and photographs to.
ACCEPT = "image/jpeg,image/png,image/heic,application/pdf,.pdf,.jpg,.jpeg,.png"
#: The most pixels that are decoded: a photograph of 8,000 by 6,000. More is not a photograph but a bomb.
MOST_PIXELS = 50_000_000
#: The longest side that is kept, in pixels: A4 at 300 dots to the inch is 3,508 high.
LONGEST_SIDE = 3_508
#: Files at once.
MOST_FILES = 10
#: How long a file that no row names is left alone, since a command may be about to name it.
ORPHAN_HOURS = 24

_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|Movie|Sound)(?![A-Za-z0-9])")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MOST_UNPACKED = 20 * 1024 * 1024
_IN_WORDS = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True)
class Checked:
    """A file that passed every check, as it will be kept."""

    name: str
    content: bytes
    content_type: str
    sha256: str

    @property
    def stored_sha256(self) -> str:
        """The digest of what is kept."""
        return hashlib.sha256(self.content).hexdigest()


def checked(upload: Any, field: str = "files") -> Checked:
    """Check one uploaded file and return what will be kept of it.

    Raises InputError, with how to mend it, for a file that is too large, of another kind, damaged, or that could run
    something. ``upload`` has ``name``, ``size`` and ``read``.
    """
    name = os.path.basename(str(upload.name or "")).strip()[:200]  # noqa: PTH119 - any system's separators
    most = settings.MAX_UPLOAD
    if upload.size > most:
        what = f"a file is larger than {most // (1024 * 1024)} MB."
        raise refuse(what, "Photograph it again at a smaller size, or save it as a smaller PDF.", field)
    sent = upload.read()
    if not sent:
        raise refuse("a file is empty.", "Choose it again.", field)
    digest = hashlib.sha256(sent).hexdigest()
    kind = kind_of(sent)
    if kind in ("image/jpeg", "image/png"):
        content, kind = _picture(sent, field)
    elif kind == "application/pdf":
        content = _document(sent, field)
    else:
        raise refuse(*_other(kind), field)
    if len(content) > most:
        what = f"a picture is larger than {most // (1024 * 1024)} MB once it is written anew."
        raise refuse(what, "Photograph it again at a smaller size.", field)
    return Checked(name, content, kind, digest)


def checked_all(uploads: Any, field: str = "files") -> list[Checked]:
    """Check several files; raises InputError with every problem found, each naming its file."""
    problems: list[Problem] = []
    found: dict[str, Checked] = {}
    if len(uploads) > MOST_FILES:
        raise refuse(
            f"there are more than {MOST_FILES} files.", "Send some of them now and the rest after.", field
        )
    for upload in uploads:
        try:
            one = checked(upload, field)
        except InputError as error:
            shown = os.path.basename(str(upload.name or "the file"))[:80]  # noqa: PTH119 - as above
            problems += [Problem(f"{shown}: {p.what}", p.mend, field=field) for p in error.problems]
        else:
            found[one.sha256] = one
    if problems:
        raise InputError(problems)
    return list(found.values())


def kind_of(content: bytes) -> str:
    """Return what a file is by its content, as a media type; nothing when nobody can tell."""
    if content[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if content[:5] == b"%PDF-":
        return "application/pdf"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc"):
        return "image/heic"
    try:
        return str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def _other(kind: str) -> tuple[str, str]:
    """Return what is wrong with a file that is neither picture nor PDF, and how to mend it."""
    if kind in ("image/heic", "image/heif"):
        return (
            "this is a HEIC photograph, which not every computer can open.",
            "On an iPhone, choose Settings, Camera, Formats, Most compatible, and photograph it again.",
        )
    if "word" in kind or "opendocument" in kind or "officedocument" in kind or "msword" in kind:
        return ("this is a document that can still be changed.", "Save or print it as a PDF, and send that.")
    if kind.startswith("image/"):
        return ("this kind of picture is not taken.", "Save it as a JPEG or PNG, and send that.")
    return ("this is neither a picture nor a PDF.", "Send a photograph, a scan or a PDF.")


def _picture(sent: bytes, field: str) -> tuple[bytes, str]:
    """Decode a picture, turn it upright, and write its pixels anew without anything else."""
    try:
        with Image.open(io.BytesIO(sent), formats=("JPEG", "PNG")) as picture:
            form = str(picture.format)
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels(field)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = upright.convert("RGBA" if form == "PNG" and "A" in upright.getbands() else "RGB")
            # A new picture from the pixels alone: place, device, preview and colour profile stay behind.
            bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field) from None
    except (OSError, ValueError, SyntaxError, zlib.error, MemoryError, EOFError) as error:
        what = "this picture is damaged and cannot be opened."
        raise refuse(what, "Photograph it again, or send the original.", field) from error
    out = io.BytesIO()
    if form == "JPEG":
        bare.save(out, "JPEG", quality=88, optimize=True)
    else:
        bare.save(out, "PNG", optimize=False)
    return out.getvalue(), _IN_WORDS[form]


def _too_many_pixels(field: str) -> InputError:
    what = f"this picture has more than {MOST_PIXELS // 1_000_000} million dots."
    return refuse(what, "Photograph it again at a smaller size.", field)


def _document(sent: bytes, field: str) -> bytes:
    """Return a PDF that runs nothing, carries no other file and needs no password; raises InputError otherwise."""
    if b"%%EOF" not in sent[-2048:] or b"startxref" not in sent[-4096:]:
        raise refuse("this PDF is cut short.", "Send the original again.", field)
    outside = _names(_STREAM.sub(b" ", sent))
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", outside):
        raise refuse("this PDF has a password.", "Save a copy without one, and send that.", field)
    if _ACTIVE.search(outside) or any(_ACTIVE.search(_names(part)) for part in _packed(sent, field)):
        what = "this PDF can run something, or has another file inside."
        raise refuse(what, "Print it to a new PDF, or photograph the pages.", field)
    return sent


def _names(text: bytes) -> bytes:
    """Undo the escapes that may hide a name: ``/J#53`` is ``/JS``."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text)


def _packed(sent: bytes, field: str) -> list[bytes]:
    """Return the objects that are packed in streams, where a name could hide from a plain search."""
    parts, left = [], _MOST_UNPACKED
    for found in _STREAM.finditer(sent):
        about = _names(sent[max(0, found.start() - 1024) : found.start()].rpartition(b"obj")[2])
        if b"/ObjStm" not in about:
            continue
        try:
            unpacker = zlib.decompressobj()
            part = unpacker.decompress(found[1], left)
        except zlib.error:
            part = found[1]
        left -= len(part)
        if left <= 0:
            raise refuse("this PDF is far larger inside than outside.", "Print it to a new PDF.", field)
        parts.append(part)
    return parts


def keep(content: bytes) -> str:
    """Write a file in the folder of evidence and return its random name.

    It is written beside, made sure of on the disk, and then given its name: a kill leaves no half file under
    a name. Call it inside the transaction that writes the row; what a rollback leaves is swept up.
    """
    name = secrets.token_hex(20)
    folder = _root() / name[:2]
    folder.mkdir(mode=0o700, exist_ok=True)
    unfinished = folder / f".{name}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / name)
    _make_sure(folder)
    return f"{name[:2]}/{name}"


def _root() -> Path:
    root = Path(settings.EVIDENCE_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _make_sure(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def path_of(stored: str) -> Path:
    """Return where a kept file is; raises ValueError for what is no name of one."""
    if not re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{40}", stored):
        raise ValueError("not the name of a file of evidence")
    return Path(settings.EVIDENCE_ROOT) / stored


def content_of(stored: str, digest: str) -> bytes | None:
    """Return what was kept under a name; None where it is gone or is no longer what was kept."""
    if not stored:
        return None
    try:
        content = path_of(stored).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def remove(stored: str) -> None:
    """Remove a kept file, if it is still there."""
    path_of(stored).unlink(missing_ok=True)


def sweep(*, older_than_hours: float = ORPHAN_HOURS) -> int:
    """Remove files that no row names: what a kill or a rollback left, and what was erased. Return how many.

    Young ones are left alone, since a command may be about to name them.
    """
    from openoutcomes.web.outcomes.models import Evidence  # noqa: PLC0415 - files are checked without models

    before = time.time() - older_than_hours * 3600
    named = set(
        Evidence.objects.with_scopes_disabled().exclude(stored="").values_list("stored", flat=True)  # type: ignore[attr-defined]
    )
    removed = 0
    for path in _root().glob("??/*"):
        name = f"{path.parent.name}/{path.name}"
        if name not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
