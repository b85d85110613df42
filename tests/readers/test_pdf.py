"""PDF files."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from whowhom.records import Article, Skip

from .conftest import Read

LINES = (
    "The foreign minister arrived in Ankara on Monday for talks on grain, offi-",
    "cials of both governments said. He is to meet the president on Tuesday and",
    "leave on Wednesday.",
    "The two countries have not agreed on the transit of grain since the round",
    "of talks in March.",
)
TEXT = (
    "The foreign minister arrived in Ankara on Monday for talks on grain, officials of both governments "
    "said. He is to meet the president on Tuesday and leave on Wednesday.\n\nThe two countries have not "
    "agreed on the transit of grain since the round of talks in March."
)


def _write_pdf(*pages: Sequence[str], title: str = "", password: str | None = None) -> bytes:
    """Return a PDF whose pages hold these lines."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(width=600, height=800)
        content = DecodedStreamObject()
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        content.set_data(f"BT /F1 12 Tf 50 750 Td {shown} ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
    writer.add_metadata({"/Title": title, "/CreationDate": "D:20240617120000+03'00'"})
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_lines_are_joined_to_paragraphs(read: Read) -> None:
    """A broken word is mended, a short line ends a paragraph, and the day of making is no publication."""
    (article,) = read("report.pdf", _write_pdf(LINES, title="Minister in Ankara"))
    assert isinstance(article, Article)
    assert article.text == TEXT
    assert article.title == "Minister in Ankara"
    assert article.published is None
    assert article.extra == {"made": "D:20240617120000+03'00'"}


def test_pages_follow_each_other(read: Read) -> None:
    """The text of every page is read, in order."""
    (article,) = read("report.pdf", _write_pdf(["The minister arrived in Ankara."], ["He left on Tuesday."]))
    assert isinstance(article, Article)
    assert article.text == "The minister arrived in Ankara.\n\nHe left on Tuesday."


@pytest.mark.parametrize("title", ["Microsoft Word - talks.docx", "talks.pdf", "untitled", "scan_0012"])
def test_the_name_of_a_file_is_no_title(title: str, read: Read) -> None:
    """Programs write the name of the file where the title belongs."""
    (article,) = read("report.pdf", _write_pdf(LINES, title=title))
    assert isinstance(article, Article)
    assert article.title == ""


def test_a_pdf_that_opens_without_a_password_is_read(read: Read) -> None:
    """Many PDFs are encrypted only against printing; their password is empty."""
    (article,) = read("report.pdf", _write_pdf(LINES, password=""))
    assert isinstance(article, Article)
    assert article.text == TEXT


def test_a_pdf_without_text_is_skipped(read: Read) -> None:
    """A scan has pages but no letters."""
    (skip,) = read("report.pdf", _write_pdf([]))
    assert isinstance(skip, Skip)
    assert skip.reason == "no text in the PDF: its pages are empty or are pictures of text"


def test_an_encrypted_pdf_is_skipped(read: Read) -> None:
    """Nobody is asked for a password."""
    (skip,) = read("report.pdf", _write_pdf(LINES, password="secret"))
    assert isinstance(skip, Skip)
    assert skip.reason == "PDF is encrypted and opens with a password only"


_GOOD = _write_pdf(LINES)


@pytest.mark.parametrize(
    "content",
    [
        _GOOD[:400],
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"\xff" * 5000,
        _GOOD.replace(b"/Kids", b"/Sdik"),
        _GOOD.replace(b"/Type /Pages", b"/Type /Catalog"),
        b"%PDF-1.4\n" + b"[" * 100_000,
    ],
    ids=["cut", "empty", "noise", "no pages", "wrong type", "nesting"],
)
def test_a_damaged_pdf_is_one_skip_in_one_line(content: bytes, read: Read) -> None:
    """However a PDF is broken, the reason says that it is."""
    start = time.perf_counter()
    (found,) = read("report.pdf", content)
    assert time.perf_counter() - start < 5
    assert isinstance(found, Skip)
    assert found.reason.startswith(("PDF is broken: ", "no text in the PDF"))
    assert "\n" not in found.reason


@pytest.mark.parametrize("step", [3, 7])
def test_a_pdf_with_flipped_bytes_is_an_article_or_a_skip(step: int, read: Read) -> None:
    """No damage of single bytes raises."""
    for place in range(10, len(_GOOD), len(_GOOD) // 40 + step):
        content = bytearray(_GOOD)
        content[place] ^= 0x15
        assert all(isinstance(found, (Article, Skip)) for found in read("report.pdf", bytes(content)))
