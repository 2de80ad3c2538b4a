"""Photos: what is taken, what is not, and what is no longer in them afterwards."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from residents import picture

from bot.files import LARGEST, LONGEST_SIDE, BadFile, Files, clean_photo
from bot.messages import Chat
from bot.store import open_store

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CHAT = Chat(channel="web", id="resident-0001")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files", open_store(":memory:"))


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def with_position() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (41.0, 48.0, 21.0)
    return picture(exif=exif)


def test_position_and_camera_are_removed() -> None:
    before = with_position()
    assert b"Exif" in before
    after = clean_photo(before)
    assert b"Exif" not in after
    assert not opened(after).getexif()


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(clean_photo(picture(60, 40, exif=exif))).size == (40, 60)


def test_a_large_photo_is_made_smaller() -> None:
    assert max(opened(clean_photo(picture(4000, 3000))).size) == LONGEST_SIDE


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_three_formats_become_jpeg(form: str) -> None:
    assert opened(clean_photo(picture(form=form))).format == "JPEG"


def test_what_is_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(clean_photo(out.getvalue())).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空的"),
        (b"x" * (LARGEST + 1), "10 MB"),
        (b"GIF89a" + bytes(40), "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        (picture()[:200], "打不开"),
        (picture(9000, 7000, "PNG"), "尺寸太大"),
    ],
    ids=["empty", "heavy", "gif", "svg", "heic", "torn", "bomb"],
)
def test_what_is_no_photo_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        clean_photo(data)


def test_a_kept_photo_can_be_read_and_is_known_to_be_of_its_chat(files: Files) -> None:
    kept = files.keep_photo(picture(), CHAT, NOW)
    assert kept.file is not None
    data = files.read(kept.file)
    assert data is not None
    assert opened(data).format == "JPEG"
    known = files.store.files.find(kept.file)
    assert known is not None
    assert (known.chat, known.size) == (CHAT, len(data))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.jpg", "", "0" * 32 + ".jpg", "0" * 32 + ".png"]
)
def test_only_names_we_gave_can_be_read(files: Files, name: str) -> None:
    assert files.read(name) is None
