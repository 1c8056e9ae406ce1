"""Is a word found in whichever form it stands in a file, packed or not? What cannot is a defect."""

import gzip
import json
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from deploy import traces
from deploy.embedded import search
from deploy.traces import TooShort, Unreadable, Wanted, batches, in_file, in_folders

WORD = "Quillermine"
REF = "0f8fad5bd9cb469fa16570867728950e"
FORMS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in capitals": lambda word: word.upper().encode(),
    "in small letters": lambda word: word.lower().encode(),
    "wide": lambda word: word.encode("utf-16-le"),
    "wide, the other way": lambda word: word.encode("utf-16-be"),
    "hexadecimal": lambda word: word.encode().hex().encode(),
    "hexadecimal capitals": lambda word: word.encode().hex().upper().encode(),
    "Base64": lambda word: b64encode(word.encode()),
    "Base64, one letter in": lambda word: b64encode(b"a" + word.encode() + b"b"),
    "Base64, two letters in": lambda word: urlsafe_b64encode(b"ab" + word.encode() + b"cd"),
}


def batch(*values: bytes, codec: int) -> bytes:
    made = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 1_000_000)
    for place, value in enumerate(values):
        made.append(place, 0, b"key", value, [])
    return bytes(made.build())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("word", [WORD, REF])
def test_a_word_is_found_in_every_form(
    tmp_path: Path, word: str, form: Callable[[str], bytes]
) -> None:
    file = tmp_path / "16384"
    file.write_bytes(b"\0" * 99 + form(word) + b"\xff" * 99)
    assert in_file(file, Wanted.of([word, "something else"])) == {word}


def test_a_ref_is_found_as_the_bytes_that_it_is(tmp_path: Path) -> None:
    file = tmp_path / "16384"
    file.write_bytes(b"ab" + bytes.fromhex(REF))
    assert in_file(file, Wanted.of([REF])) == {REF}


def test_a_word_across_two_pieces_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "PIECE", 16)
    file = tmp_path / "16384"
    file.write_bytes(b"\0" * 10 + WORD.encode() + b"\0" * 10)
    assert in_file(file, Wanted.of([WORD])) == {WORD}


@pytest.mark.parametrize("codec", [0, 1, 4], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("end", [b"", b"\0" * 4096], ids=["whole", "made room"])
def test_batches_of_kafka_are_read_through(tmp_path: Path, codec: int, end: bytes) -> None:
    (tmp_path / "partition.metadata").touch()
    file = tmp_path / "00000000000000000000.log"
    said = [f'{{"n": {n}, "who": "{WORD}{n % 3}"}}'.encode() for n in range(50)]
    file.write_bytes(batch(b"{}", codec=0) + batch(*said, codec=codec) + end)
    assert in_file(file, Wanted.of([f"{WORD}2", "Zquxother"])) == {f"{WORD}2"}


def test_what_cannot_be_looked_through_is_never_passed_over() -> None:
    with pytest.raises(Unreadable):
        list(batches(batch(b"{}" * 100, codec=3)))


def test_archives_and_packed_logs_are_read_through(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<v>{WORD}</v>" * 9)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(f"{WORD} looked".encode()))
    (tmp_path / "c").write_bytes(b"nothing")
    found = in_folders([tmp_path], Wanted.of([WORD]))
    assert {path.name for path in found} == {"a.xlsx", "b.log.gz"}


def test_a_word_too_short_to_mean_anything_is_refused() -> None:
    with pytest.raises(TooShort):
        Wanted.of(["R-1"])


def test_the_command_tells_where_and_never_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = tmp_path / "held.json"
    held.write_text(
        json.dumps(
            {
                "child_ref": REF,
                "rows": {
                    "intake.identity": [{"sealed": {"family_name": WORD, "upn": None}}],
                    "intake.event": [{"receipt": "1234567"}],
                },
            }
        )
    )
    left, clean = tmp_path / "left", tmp_path / "clean"
    for folder, content in ((left, WORD), (clean, "nothing")):
        folder.mkdir()
        (folder / "file").write_text(content)
    assert search.main(["--held", str(held), str(left)]) == 1
    out = capsys.readouterr().out
    assert "file\t1 of 3 words" in out
    assert WORD not in out
    assert search.main(["--held", str(held), str(clean)]) == 0
    assert search.main(["--held", str(tmp_path / "none"), str(clean)]) == 2
