"""XML into nodes: lines, text, what is passed over, and what is refused."""

from __future__ import annotations

import contextlib
import gc

import pytest

from sim_suite.driving.documents import xml
from sim_suite.driving.documents.xml import parse_xml
from sim_suite.driving.roads.collecting import collection_paused
from sim_suite.driving.roads.opendrive.findings import OPENDRIVE, RoadError

KNOWN = frozenset({"a", "b", "t"})
TEXT = frozenset({"t"})


def test_nodes_hold_tag_attributes_line_children_and_text():
    tree = parse_xml(b'<a>\n<b x="1"/>\n<t> <![CDATA[x<y]]>\n</t>\n</a>', OPENDRIVE, KNOWN, TEXT)
    b, t = tree.root.children
    assert (tree.root.tag, b.tag, b.attributes, b.line, t.line) == ("a", "b", {"x": "1"}, 2, 3)
    assert t.text == " x<y\n"
    assert tree.root.first("t") is t
    assert tree.root.all("b") == [b]
    assert tree.root.first("c") is None


def test_unknown_elements_are_passed_over_with_all_below_and_counted():
    tree = parse_xml(b"<a>\n<u><b/><u/></u><v/><u/><b/></a>", OPENDRIVE, KNOWN, TEXT)
    assert [one.tag for one in tree.root.children] == ["b"]
    assert tree.passed_over == {"u": (2, 2), "v": (1, 2)}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'<?xml version="1.0"?><a x="\xc3\xa9"/>', "é"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?><a x="\xc3\xa9"/>', "é"),
        ('<?xml version="1.0" encoding="UTF-16"?><a x="é"/>'.encode("utf-16"), "é"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a x="\xe9"/>', "é"),
        (b'<?xml version="1.0" encoding="windows-1252"?><a x="\x80"/>', "€"),
        ('<?xml version="1.0" encoding="GB2312"?><a x="路"/>'.encode("gb2312"), "路"),
    ],
)
def test_encodings(data, name):
    tree = parse_xml(data, OPENDRIVE, KNOWN, TEXT)
    assert tree.root.attributes["x"] == name
    assert tree.remarks == []


def test_latin_letters_in_a_file_that_says_utf_8_are_read_and_said():
    tree = parse_xml(b'<?xml version="1.0" encoding="UTF-8"?>\n<a x="\xe9"/>', OPENDRIVE, KNOWN, TEXT)
    assert tree.root.attributes["x"] == "é"
    assert "line 2 is not UTF-8" in tree.remarks[0]


def test_namespaces_are_taken_off():
    data = b'<o:a xmlns:o="http://code.asam.net/simulation/standard/opendrive_schema"><o:b/></o:a>'
    assert [one.tag for one in parse_xml(data, OPENDRIVE, KNOWN, TEXT).root.children] == ["b"]
    assert (
        parse_xml(b'<a xmlns="http://www.opendrive.org"><b/></a>', OPENDRIVE, KNOWN, TEXT).root.first("b") is not None
    )


def test_what_stands_before_the_declaration_is_passed_over_and_lines_still_count():
    tree = parse_xml(b'\n<!-- licence\n -->\n<?xml version="1.0"?>\n<a>\n<b/></a>', OPENDRIVE, KNOWN, TEXT)
    assert tree.root.children[0].line == 6
    assert len(tree.remarks) == 1


def test_what_follows_the_document_is_left_out():
    tree = parse_xml(b"<a><b/></a>\n<a/>", OPENDRIVE, KNOWN, TEXT)
    assert len(tree.root.children) == 1
    assert "line 2" in tree.remarks[0]


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd">',
        b"<!DOCTYPE a>",
    ],
)
def test_a_doctype_is_refused_with_its_line_and_the_reason(doctype):
    with pytest.raises(RoadError, match=r"map\.xodr, line 2: a DOCTYPE is refused, because"):
        parse_xml(b'<?xml version="1.0"?>\n' + doctype + b"\n<a/>", OPENDRIVE, KNOWN, TEXT, "map.xodr")


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "no element found"),
        (b"<a>\n<b></a>", 2, "mismatched tag"),
        (b"<a>\n\n&x;</a>", 3, "undefined entity"),
        (b"<a>\n<b x='1' x='2'/></a>", 2, "duplicate attribute"),
        (b"<a>\x00</a>", 1, "not well-formed"),
    ],
)
def test_malformed_xml_is_refused_with_its_line(data, line, words):
    with pytest.raises(RoadError, match=words) as caught:
        parse_xml(data, OPENDRIVE, KNOWN, TEXT)
    assert caught.value.line == line


@pytest.mark.parametrize("tag", [b"b", b"unknown"])
def test_deep_nesting_is_refused_in_known_and_unknown_elements(tag):
    depth = xml.MOST_DEPTH
    parse_xml(b"<a>" + b"<%s>" % tag * (depth - 1) + b"</%s>" % tag * (depth - 1) + b"</a>", OPENDRIVE, KNOWN, TEXT)
    with pytest.raises(RoadError, match="nested deeper"):
        parse_xml(b"<a>" + b"<%s>" % tag * depth + b"</%s>" % tag * depth + b"</a>", OPENDRIVE, KNOWN, TEXT)


def test_limits_of_size(monkeypatch):
    monkeypatch.setattr(xml, "MOST_ELEMENTS", 10)
    parse_xml(b"<a>" + b"<b/>" * 9 + b"</a>", OPENDRIVE, KNOWN, TEXT)
    with pytest.raises(RoadError, match="more than 10 elements"):
        parse_xml(b"<a>" + b"<b/>" * 10 + b"</a>", OPENDRIVE, KNOWN, TEXT)
    with pytest.raises(RoadError, match="more than 10 elements"):
        parse_xml(b"<a><u>" + b"<b/>" * 10 + b"</u></a>", OPENDRIVE, KNOWN, TEXT)
    monkeypatch.setattr(xml, "MOST_BYTES", 3)
    with pytest.raises(RoadError, match="4 bytes"):
        parse_xml(b"<a/>", OPENDRIVE, KNOWN, TEXT)


def test_an_encoding_that_nobody_knows_is_refused():
    with pytest.raises(RoadError, match="unknown encoding"):
        parse_xml(b'<?xml version="1.0" encoding="martian"?><a/>', OPENDRIVE, KNOWN, TEXT)


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
def test_children_of_the_root_are_taken_whole_and_in_order_and_not_kept(monkeypatch, chunk):
    monkeypatch.setattr(xml, "_CHUNK", chunk)
    taken = []

    def take(root, node):
        assert root.tag == "a"
        taken.append((node.tag, node.line, [one.tag for one in node.children], node.text))

    data = "<a>\n<b><t/><u/><b/></b><u><b/></u>\n<t>\u00e9 &amp; x</t><b/></a>\n<junk".encode()
    tree = parse_xml(data, OPENDRIVE, KNOWN, TEXT, "", take)
    assert taken == [("b", 2, ["t", "b"], ""), ("t", 3, [], "\u00e9 & x"), ("b", 3, [], "")]
    assert tree.root.children == []
    assert tree.passed_over == {"u": (2, 2)}
    assert "line 4" in tree.remarks[0]


def test_what_taking_raises_comes_out_as_it_is():
    def take(_root, _node):
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError, match="a fault of ours"):
        parse_xml(b"<a><b/></a>", OPENDRIVE, KNOWN, TEXT, "", take)


@pytest.mark.parametrize("data", [b"<a><b/></a>", b"<a><b></a>"])
def test_nodes_are_gone_with_their_tree_before_any_collection(data):
    gc.collect()
    with collection_paused():
        with contextlib.suppress(RoadError):
            parse_xml(data, OPENDRIVE, KNOWN, TEXT)
        assert not any(type(one) is xml.Node for one in gc.get_objects())
