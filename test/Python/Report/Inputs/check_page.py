"""Checks a report as HTML: `check_page.py PAGE [KEY=VALUE...]`.

The page has no markup but ours, asks for nothing outside itself, and has an element for
each figure. `KEY=VALUE`: the page's data has that JSON value at the path KEY (`best.trial`).
Prints the text that a reader sees.
"""

import json
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input"}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "script", "h1",
           "h2", "p", "div", "span", "b", "i", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details",
           "summary"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.scripts, self.text = [], [], [], []

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED, f"element '{tag}' is not ours"
        for name, value in attributes:
            assert not name.startswith("on"), f"handler {name} in '{tag}'"
            assert name not in ("src", "href"), f"'{tag}' asks for {value}"
            if name == "id":
                self.ids.append(value)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append([dict(attributes), ""])

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> ends {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1][1] += data
        elif self.open and self.open[-1] != "style":
            self.text.append(data)


def check_labels(value):
    """In figures markup is ours: line breaks and plotly's second box."""
    if isinstance(value, dict):
        for one in value.values():
            check_labels(one)
    elif isinstance(value, list):
        for one in value:
            check_labels(one)
    elif isinstance(value, str):
        for tag in re.findall(r"<[^>]*>?", value):
            assert re.fullmatch(r"<br>|</?extra>", tag), f"markup {tag} in a label"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open, f"{reader.open} do not end"
    assert len(reader.ids) == len(set(reader.ids)), "an id is there twice"
    (kind, data), (library, code), (boot, _) = reader.scripts
    assert kind == {"type": "application/json", "id": "report-data"} and not library and not boot
    assert "plotly.js" in code[:200], "plotly.js is not inside"
    data = json.loads(data)
    drawn = [name for name in reader.ids if name.startswith("figure-")]
    assert sorted(drawn) == sorted(data["figures"]), (drawn, list(data["figures"]))
    check_labels(data["figures"])
    for wanted in sys.argv[2:]:
        path, value = wanted.split("=", 1)
        found = data
        for key in path.split("."):
            found = found[int(key) if key.isdigit() else key]
        value = json.loads(value)
        same = abs(found - value) < 1e-6 if isinstance(value, float) else found == value
        assert same, f"{path} is {found}, not {value}"
    print("\n".join(line for line in (text.strip() for text in reader.text) if line))


if __name__ == "__main__":
    main()
