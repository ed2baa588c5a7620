"""DOCX and ODT files that are cut, swollen, nested, or point to something else."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from random import Random

from tests.hostile.hostile import HostileFile, Lures, either, failing, readable, refused
from tests.hostile.originals import changed, docx_bytes, odt_bytes, zipped

BODY = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
CONTENT = "content.xml"
DOCTYPE = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;"><!ENTITY e "&d;&d;&d;">]>'


def files(random: Random, lures: Lures) -> Iterator[HostileFile]:
    """Archives as such, then what is in them."""
    originals = {"docx": docx_bytes(), "odt": odt_bytes()}
    for kind, honest in originals.items():
        name = f"cv.{kind}"
        for part in range(1, 5):
            yield refused(f"{kind} cut at {part}/5", name, honest[: len(honest) * part // 5])
        for _ in range(2):
            yield refused(f"noise behind a zip's signature, as {kind}", name, b"PK\x03\x04" + random.randbytes(5000))
        for _ in range(5):
            noisy = bytearray(honest)
            for _ in range(40):
                noisy[random.randrange(4, len(noisy))] = random.randrange(256)
            yield either(f"{kind} with wrong bytes", name, bytes(noisy))
        yield failing(f"{kind} of zeros", name, changed(honest, {"media/a.bmp": bytes(45_000_000)}))
        yield failing(
            f"{kind} of 60 MB", name, changed(honest, {"a.bin": bytes(60_000_000), "b": random.randbytes(9999)})
        )
        yield refused(f"{kind} of 3,000 members", name, changed(honest, {f"a/{n}": b"" for n in range(3000)}))
        yield failing(f"{kind} in cipher", name, _patched(honest, flags=1))
        yield either(f"{kind} packed in an unknown way", name, _patched(honest, method=99))
        yield either(f"{kind} with members that lie about their size", name, _patched(honest, size=10))
        yield either(f"{kind} with wrong checksums", name, _patched(honest, crc=1))
        yield readable(f"{kind} with paths as names", name, changed(honest, {"../../../tmp/talentflow-pwned": b"x"}))
        yield refused(f"{kind} behind a script", name, b"#!/bin/sh\nid\n" + honest)
        yield failing(f"{kind} with a DOCTYPE", name, changed(honest, {"extra.xml": DOCTYPE + b"<a>&e;</a>"}))
    for what, change in _word_bodies().items():
        yield either(f"docx: {what}", "cv.docx", changed(originals["docx"], {BODY: change}))
    for what, reference in _word_references(lures).items():
        yield readable(f"docx: {what}", "cv.docx", changed(originals["docx"], {RELATIONS: _related(reference)}))
    macros = {"word/vbaProject.bin": random.randbytes(3000)}
    yield readable("docx with macros", "cv.docx", changed(originals["docx"], macros))
    yield refused("docx without its types", "cv.docx", zipped({BODY: b"<w:document/>"}))
    yield failing("docx without its body", "cv.docx", zipped({"[Content_Types].xml": b"<Types/>", "word/a": b""}))
    for what, change in _writer_bodies(lures).items():
        yield either(f"odt: {what}", "cv.odt", changed(originals["odt"], {CONTENT: change}))
    macro = b'Sub Main\nShell("touch /tmp/talentflow-pwned")\nEnd Sub'
    yield readable("odt with macros", "cv.odt", changed(originals["odt"], {"Basic/Standard/Module1.xml": macro}))
    yield failing("odt without its body", "cv.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}))


def _word_bodies() -> dict[str, Callable[[bytes], bytes]]:
    def with_body(inner: bytes) -> Callable[[bytes], bytes]:
        return lambda data: data.replace(b"<w:sectPr", inner + b"<w:sectPr", 1)

    def nested(opening: bytes, closing: bytes, depth: int) -> Callable[[bytes], bytes]:
        return with_body(opening * depth + closing * depth)

    word = b"<w:p><w:r><w:t>mot</w:t></w:r></w:p>"
    cell = b"<w:tc>" + word + b"</w:tc>"
    wide = b'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>' + word + b"</w:tc>"
    return {
        "unknown elements 100,000 deep": nested(b"<w:x>", b"</w:x>", 100_000),
        "content controls 200 deep": nested(b"<w:sdt><w:sdtContent>", b"</w:sdtContent></w:sdt>", 100),
        "tables 60 deep": nested(b"<w:tbl><w:tr><w:tc>", word + b"</w:tc></w:tr></w:tbl>", 60),
        "boxes 60 deep": nested(b"<w:p><w:r><w:pict><w:txbxContent>", b"</w:txbxContent></w:pict></w:r></w:p>", 60),
        "a cell over a billion columns": with_body(b"<w:tbl><w:tr>" + wide + cell + b"</w:tr></w:tbl>"),
        "a row of 3,000 cells": with_body(b"<w:tbl><w:tr>" + cell * 3000 + b"</w:tr></w:tbl>"),
        "lists a billion deep": with_body(
            b'<w:p><w:pPr><w:numPr><w:ilvl w:val="999999999"/><w:numId w:val="999999999"/></w:numPr></w:pPr></w:p>'
        ),
        "headings a billion deep": with_body(
            b'<w:p><w:pPr><w:outlineLvl w:val="999999999"/></w:pPr><w:r><w:t>Titre</w:t></w:r></w:p>'
        ),
        "an element that does not end": lambda data: data[: len(data) // 2],
        "a word of a million letters": with_body(b"<w:p><w:r><w:t>" + b"a" * 1_000_000 + b"</w:t></w:r></w:p>"),
        "a paragraph of 20,000 words": with_body(b"<w:p>" + b"<w:r><w:t>a </w:t></w:r>" * 20_000 + b"</w:p>"),
        "no XML": lambda _: b"\x00\xff" * 500,
        "nothing": lambda _: b"",
        "another encoding": lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "an unknown encoding": lambda data: data.replace(b"UTF-8", b"EBCDIC-X"),
        "attributes twice": lambda data: data.replace(b"<w:body>", b'<w:body w:a="1" w:a="2">'),
        "a file included": with_body(
            b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        ),
    }


def _word_references(lures: Lures) -> dict[str, str]:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    targets = {kind: f"{lures.url}/docx-{kind}" for kind in ("attachedTemplate", "image", "oleObject", "subDocument")}
    targets |= {"frame": lures.file.as_uri(), "hyperlink": "javascript:alert(1)", "aFChunk": "file:///etc/passwd"}
    return {
        f"{kind} elsewhere": f'<Relationship Id="x1" Type="{office}/{kind}" Target="{target}" TargetMode="External"/>'
        for kind, target in targets.items()
    } | {"itself as a part": f'<Relationship Id="x1" Type="{office}/header" Target="document.xml"/>'}


def _related(reference: str) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"</Relationships>", reference.encode() + b"</Relationships>")


def _writer_bodies(lures: Lures) -> dict[str, Callable[[bytes], bytes]]:
    def with_text(inner: bytes) -> Callable[[bytes], bytes]:
        return lambda data: data.replace(b"</office:text>", inner + b"</office:text>")

    def nested(opening: bytes, closing: bytes, depth: int) -> Callable[[bytes], bytes]:
        return with_text(opening * depth + closing * depth)

    many = b'"999999999"'
    url = lures.url.encode()
    near = lures.file.as_uri().encode()
    picture = b'<text:p><draw:frame><draw:image xlink:href="%b" xlink:type="simple"/></draw:frame></text:p>'
    cell = b"<table:table-cell table:number-columns-repeated=%b><text:p>a</text:p></table:table-cell>" % many
    box = b"<text:p><draw:frame><draw:text-box>"
    return {
        "spans 100,000 deep": nested(b"<text:span>", b"</text:span>", 100_000),
        "lists 80 deep": nested(b"<text:list><text:list-item>", b"</text:list-item></text:list>", 80),
        "boxes 60 deep": nested(box, b"</draw:text-box></draw:frame></text:p>", 60),
        "a billion blanks": with_text(b"<text:p>a<text:s text:c=%b/>b</text:p>" % many),
        "a cell a billion times": with_text(
            b"<table:table><table:table-row>" + cell + b"</table:table-row></table:table>"
        ),
        "a row a billion times": with_text(
            b"<table:table><table:table-row table:number-rows-repeated=%b><table:table-cell><text:p>a</text:p>"
            b"</table:table-cell></table:table-row></table:table>" % many
        ),
        "a cell over a billion columns": with_text(
            b"<table:table><table:table-row><table:table-cell table:number-columns-spanned=%b"
            b" table:number-rows-spanned=%b><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
            % (many, many)
        ),
        "a picture from elsewhere": with_text(picture % (url + b"/odt-image")),
        "a picture from the machine": with_text(picture % near),
        "a section from elsewhere": with_text(
            b'<text:section text:name="s"><text:section-source xlink:href="%b/odt-section"/></text:section>' % url
        ),
        "an element that does not end": lambda data: data[: len(data) // 2],
        "nothing": lambda _: b"",
        "no XML": lambda _: b"\xff\xfe" * 500,
    }


def _patched(
    data: bytes, *, flags: int | None = None, method: int | None = None, size: int | None = None, crc: int | None = None
) -> bytes:
    """The archive with these values in the directory and before each of its members but the first."""
    out = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        places = [member.header_offset for member in archive.infolist()]
    entry = data.index(b"PK\x01\x02")
    for number, place in enumerate(places):
        if number:
            for base, offset in ((place, 6), (entry, 8)):
                if flags is not None:
                    struct.pack_into("<H", out, base + offset, flags)
                if method is not None:
                    struct.pack_into("<H", out, base + offset + 2, method)
                if crc is not None:
                    struct.pack_into("<L", out, base + offset + 8, crc)
                if size is not None:
                    struct.pack_into("<L", out, base + offset + 16, size)
        entry += 46 + sum(struct.unpack_from("<HHH", data, entry + 28))
    return bytes(out)
