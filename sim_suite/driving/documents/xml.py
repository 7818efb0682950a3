"""XML into small nodes that know their line, refusing what nobody needs. Source: XML 1.0; the expat parser of the standard library.

Only elements that the reader uses become nodes; others are passed over while parsing and counted by name, so that a file
full of foreign data costs no memory. The root's children can be taken as they end, so that nodes of the whole file, ten
times its size, never stand in memory at once. A DOCTYPE is refused as a whole: the formats have none, and entity declarations (the
"billion laughs" bomb) and external entities (reading other files) need one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import Final
from xml.parsers import expat

from sim_suite.driving.documents.kinds import DocumentKind
from sim_suite.errors import SuiteError

MOST_BYTES: Final = 256 << 20
"""The largest file that is read. Ours: fifty times the largest public map we know of."""
MOST_ELEMENTS: Final = 4_000_000
"""Ours: 256 MiB of real files hold fewer (80 bytes an element are usual)."""
MOST_DEPTH: Final = 64
"""Nested elements. Ours: the standard's own nest nine deep."""

_CHUNK: Final = 64 << 10
"""Bytes that are parsed before what has ended is taken. Ours: a road or two, which stay in the processor's cache."""

_DECLARED: Final = re.compile(rb"""\A<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MULTI_BYTE: Final = frozenset({"gb2312", "gbk", "gb18030", "big5", "shift_jis", "shift-jis", "euc-jp", "euc-kr"})
"""Encodings that expat does not know and Python does; a list, because some of Python's codecs are not for text in files."""

_JUNK: Final = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


class Node:
    """An element: its name without prefix, attributes as written, the line it starts in, its children, its text."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """Without children and text; `parse_xml` adds them."""
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.children: list[Node] = []
        self.text = ""

    def all(self, tag: str) -> list[Node]:
        """Children of that name, in the file's order."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Node | None:
        """The first child of that name."""
        for child in self.children:
            if child.tag == tag:
                return child
        return None


class Tree:
    """What a document held: the root, how often each element that was passed over occurred, and its repairs of text."""

    __slots__ = ("passed_over", "remarks", "root")

    def __init__(self, root: Node, passed_over: dict[str, tuple[int, int]], remarks: list[str]) -> None:
        """passed_over: name to (count, line of the first)."""
        self.root = root
        self.passed_over = passed_over
        self.remarks = remarks


Take = Callable[[Node, Node], None]
"""Is given the root and a child of it that has ended, in the file's order."""


def parse_xml(
    data: bytes,
    kind: DocumentKind,
    known: Container[str],
    with_text: frozenset[str],
    source: str = "",
    take: Take | None = None,
) -> Tree:
    """Parse `data`, keeping the elements named in `known` (their ancestors too) and the text of those in `with_text`.

    With `take`, the root's children are given to it and not kept; what it raises ends the parsing.
    Raises the kind's error where it is not XML, holds a DOCTYPE, or passes one of the limits above.
    """
    if len(data) > MOST_BYTES:
        raise kind.refusal(
            f"the file has {len(data)} bytes, more than {MOST_BYTES}. Cut the {kind.thing} into parts.", source=source
        )
    remarks: list[str] = []
    text, encoding = _as_expat_reads(data, remarks)
    lead = _before_declaration(text)
    if lead:
        remarks.append("something stands before the XML declaration; passed over")
    builder = _Builder(kind, known, with_text, source, text.count(b"\n", 0, lead))
    root = builder.parse(memoryview(text)[lead:], encoding, remarks, take)
    return Tree(root, builder.passed_over, remarks)


def _before_declaration(data: bytes) -> int:
    """How many bytes of white space and comments stand before an XML declaration, which must be first."""
    at = 0
    while True:
        while data[at : at + 1].isspace():
            at += 1
        if data.startswith(b"<?xml", at):
            return at
        end = data.find(b"-->", at)
        if not data.startswith(b"<!--", at) or end < 0:
            return 0
        at = end + 3


class _Builder:
    """Expat's handlers. Those that build nodes are closures over locals, since they run once an element."""

    def __init__(
        self, kind: DocumentKind, known: Container[str], with_text: frozenset[str], source: str, lines_before: int
    ) -> None:
        self._kind = kind
        self.passed_over: dict[str, tuple[int, int]] = {}
        self._known, self._with_text = known, with_text
        self._source, self._lines_before = source, lines_before
        self._left = MOST_ELEMENTS
        self._depth = 0

    def parse(self, data: memoryview, encoding: str | None, remarks: list[str], take: Take | None) -> Node:
        document = Node("", {}, 0)
        stack = [document]
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse_doctype(parser)
        self._build_nodes(parser, stack)
        try:
            for at in range(0, len(data) or 1, _CHUNK):
                goes_on = self._feed(parser, data[at : at + _CHUNK], at + _CHUNK >= len(data), document, remarks)
                if take is not None and document.children:
                    # Above the document and the root stands a child that has not ended, or none.
                    _give(document.children[0], -1 if len(stack) > 2 else None, take)
                if not goes_on:
                    break
        finally:  # they hold the parser, which holds them: nodes would stay until the collector comes
            parser.StartElementHandler = parser.EndElementHandler = None
            parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None
        return document.children[0]

    def _feed(
        self, parser: expat.XMLParserType, chunk: memoryview, last: bool, document: Node, remarks: list[str]
    ) -> bool:
        """Parse a chunk. False where the document is over though the file goes on."""
        try:
            parser.Parse(chunk, last)
        except expat.ExpatError as error:
            line = error.lineno + self._lines_before
            if error.code == _JUNK and document.children:
                remarks.append(f"what follows the end of the document in line {line} is left out")
                return False
            raise self._kind.refusal(
                f"not well-formed XML: {expat.ErrorString(error.code)}. Restore the file or mend it with an XML editor.",
                line=line,
                source=self._source,
            ) from None
        except (ValueError, LookupError) as error:
            raise self._kind.refusal(
                f"unreadable text: {error}. Save the file as UTF-8.", source=self._source
            ) from None
        return True

    def _build_nodes(self, parser: expat.XMLParserType, stack: list[Node]) -> None:
        """Set the handlers that push nodes on `stack`, whose first stands for the document."""
        known, with_text, lines_before = self._known, self._with_text, self._lines_before
        top_level = stack[0].children
        left = self._left

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal left
            left -= 1
            if ":" in tag:
                tag = tag.rpartition(":")[2]
            if left < 0 or len(stack) > MOST_DEPTH:
                raise self._too_much(left, parser)
            if tag not in known and top_level:  # the root is kept whatever its name
                self._left = left
                self._pass_over(parser, tag, stack)
                return
            node = Node(tag, attributes, parser.CurrentLineNumber + lines_before)
            stack[-1].children.append(node)
            stack.append(node)
            if tag in with_text:
                parser.CharacterDataHandler = characters

        def end(_tag: str) -> None:
            if stack.pop().tag in with_text:
                parser.CharacterDataHandler = None

        def characters(data: str) -> None:
            stack[-1].text += data

        parser.StartElementHandler = start
        parser.EndElementHandler = end

    def _pass_over(self, parser: expat.XMLParserType, tag: str, stack: list[Node]) -> None:
        """Count an element and go on building nodes after its end."""
        count, line = self.passed_over.get(tag, (0, parser.CurrentLineNumber + self._lines_before))
        self.passed_over[tag] = (count + 1, line)
        deepest = MOST_DEPTH - len(stack)
        self._depth = 0

        def start(_tag: str, _attributes: dict[str, str]) -> None:
            self._left -= 1
            self._depth += 1
            if self._left < 0 or self._depth > deepest:
                raise self._too_much(self._left, parser)

        def end(_tag: str) -> None:
            self._depth -= 1
            if self._depth < 0:
                self._build_nodes(parser, stack)

        parser.StartElementHandler = start
        parser.EndElementHandler = end

    def _too_much(self, left: int, parser: expat.XMLParserType) -> SuiteError:
        what = f"more than {MOST_ELEMENTS} elements" if left < 0 else f"elements nested deeper than {MOST_DEPTH}"
        line = parser.CurrentLineNumber + self._lines_before
        return self._kind.refusal(
            f"{what}; no {self._kind.whole} has them. Check the file.", line=line, source=self._source
        )

    def _refuse_doctype(self, parser: expat.XMLParserType) -> None:
        raise self._kind.refusal(
            "a DOCTYPE is refused, because it can declare entities that read other files or fill the memory. "
            f"{self._kind.name} needs none: delete it.",
            line=parser.CurrentLineNumber + self._lines_before,
            source=self._source,
        )


def _give(root: Node, end: int | None, take: Take) -> None:
    """The children of the root up to `end` to `take`, and off the root."""
    for child in root.children[:end]:
        take(root, child)
    del root.children[:end]


def _as_expat_reads(data: bytes, remarks: list[str]) -> tuple[bytes, str | None]:
    """Bytes that expat can read and the encoding to impose on it (None: what the document declares)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
        return data, None  # UTF-16, which expat knows
    body = data.removeprefix(b"\xef\xbb\xbf")
    match = _DECLARED.match(body.lstrip(b" \t\r\n")[:256])
    declared = match.group(1).decode().lower() if match else "utf-8"
    if declared in _MULTI_BYTE:
        return body.decode(declared, "replace").encode(), "utf-8"
    if declared != "utf-8":
        return data, None
    try:
        body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        remarks.append(
            f"line {line} is not UTF-8, as the file says it is; read as ISO 8859-1, which spoils names at most"
        )
        return body, "iso-8859-1"
    return body, None
