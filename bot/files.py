"""Photos of residents: checked, re-encoded without their metadata, kept outside the web root."""

import hashlib
import re
import secrets
import warnings
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import BotError, StoreFull
from bot.messages import Attachment, AttachmentKind, Chat
from bot.store import Store

LARGEST = 10 * 1024 * 1024  # bytes, as uploaded
LONGEST_SIDE = 1600  # pixels: a number plate stays readable, a page loads on a bad network
MOST_PIXELS = 60_000_000  # beyond it a small file may unpack into gigabytes
QUALITY = 85
MEDIA_TYPE = "image/jpeg"
_NAME = re.compile(r"^[0-9a-f]{32}\.jpg$")
_HEIC = re.compile(rb"^....ftyp(?:heic|heix|heif|mif1|msf1|avif)", re.DOTALL)


class BadFile(BotError):
    """The resident reads this: why the picture was not taken, and what to do."""


def clean_photo(data: bytes) -> bytes:
    """The picture as a fresh JPEG: no position, no camera, no hidden bytes. Touches nothing but memory."""
    if not data:
        raise BadFile("照片是空的，请重新选一张。")
    if len(data) > LARGEST:
        raise BadFile("照片超过10 MB了，请换一张小一点的，或者截图再发。")
    if _HEIC.match(data):
        raise BadFile("这张是HEIC格式，我打不开。请截一张图再发，或者在相机设置里选“兼容性最佳”。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                return _encoded(picture)
    except UnidentifiedImageError as error:
        raise BadFile("这个文件不是照片。请发JPG、PNG或WEBP格式的照片。") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadFile("这张照片打不开，可能没传完整，请重新发一次。") from error


def _encoded(picture: Image.Image) -> bytes:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise BadFile("照片尺寸太大了，请截图或换一张小一点的再发。")
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # lets a large JPEG be unpacked at half size
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "P", "PA"):
        with_alpha = upright.convert("RGBA")
        flat = Image.new("RGB", with_alpha.size, "white")
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    out = BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, optimize=True, exif=b"")
    return out.getvalue()


class Files:
    """The folder of kept photos and their entries in the store."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store

    def keep_photo(self, data: bytes, chat: Chat, now: datetime) -> Attachment:
        """Clean and keep; BadFile says to the resident what was wrong."""
        return self.keep(clean_photo(data), chat, now)

    def keep(self, jpeg: bytes, chat: Chat, now: datetime) -> Attachment:
        """Keep what `clean_photo` gave: apart, so that a door can do the slow half in another thread."""
        name = f"{secrets.token_hex(16)}.jpg"
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(jpeg)
            part.replace(path)  # whole or not at all
        except OSError as error:
            raise StoreFull("照片暂时存不下，请稍后再发，或者先用文字说。") from error
        digest = hashlib.sha256(jpeg).hexdigest()
        self.store.files.keep(name, MEDIA_TYPE, len(jpeg), digest, chat, now)
        return Attachment(kind=AttachmentKind.PHOTO, file=name)

    def read(self, name: str) -> bytes | None:
        """The bytes, or None for a name we did not give or have removed."""
        if not _NAME.match(name):
            return None
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, names: Iterable[str]) -> None:
        """Remove photos for good, from the disk and from the store."""
        for name in names:
            self._path(name).unlink(missing_ok=True)
            self.store.files.forget(name)

    def forget_chat(self, chat: Chat) -> None:
        self.forget([kept.name for kept in self.store.files.of_chat(chat)])

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name
