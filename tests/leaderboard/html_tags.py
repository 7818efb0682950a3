"""Reads a page's tags, and notices where one is not closed."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """All start tags with their attributes; open tags are matched against close tags."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
