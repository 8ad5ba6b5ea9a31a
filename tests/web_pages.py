"""Pages as somebody without scripts meets them: read the words, follow links, fill in forms by their labels.

What cannot be found on a page by its words cannot be used here, so a label or link that is missing fails.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit


def date_boxes(name: str, day: dt.date) -> dict[str, int]:
    """What the three boxes of a date are sent with."""
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def shown(client: Any, url: str, **data: Any) -> str:
    """What a page shows to somebody signed in, as it came."""
    return str(client.get(url, data).content.decode())


_SILENT = frozenset({"script", "style", "title", "head"})
_VOID = frozenset({"input", "img", "br", "hr", "meta", "link", "source", "wbr"})


@dataclass
class Control:
    """One input of a form: its name and kind, what it holds, and the words beside it."""

    name: str
    kind: str
    value: str = ""
    is_chosen: bool = False
    id: str = ""
    label: str = ""
    legend: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Form:
    """A form: where it goes, its controls and its buttons."""

    action: str
    method: str
    is_multipart: bool = False
    controls: list[Control] = field(default_factory=list)
    buttons: list[Control] = field(default_factory=list)

    def find(self, words: str) -> list[Control]:
        """Return the controls that are labelled with words: one, or all those under one legend."""
        return [one for one in self.controls if words in (_plain(one.legend), _plain(one.label))]

    def sent(self) -> list[tuple[str, str]]:
        """Return what the form would send as it stands."""
        loose = ("file", "checkbox", "radio")
        return [
            (one.name, one.value)
            for one in self.controls
            if one.name and (one.kind not in loose or (one.kind != "file" and one.is_chosen))
        ]


def _plain(words: str) -> str:
    return " ".join(words.split()).removesuffix("(optional)").strip()


class Page(HTMLParser):
    """A page that was read: its words, its links and its forms."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.words, self.title = "", ""
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._labels: dict[str, str] = {}
        self._open: list[str] = []
        self._taking: list[tuple[str, list[str]]] = []
        self._legend: list[str] = []
        self._link = self._label = ""
        self._form: Form | None = None
        self._control: Control | None = None
        self.feed(html)
        for form in self.forms:
            for one in form.controls:
                one.label = self._labels.get(one.id, "")
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        has = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        if tag in ("a", "label", "legend", "button", "option", "textarea"):
            self._taking.append((tag, []))
        if tag == "a":
            self._link = has.get("href", "")
        elif tag == "label":
            self._label = has.get("for", "")
        elif tag == "fieldset":
            self._legend.append("")
        elif tag == "form":
            self._form = Form(
                urljoin(self.address, has.get("action", "")), has.get("method", "get").lower(),
                "multipart" in has.get("enctype", ""),
            )  # fmt: skip
            self.forms.append(self._form)
        elif tag in ("input", "select", "textarea", "button") and self._form is not None:
            self._begin(tag, has)
        elif tag == "option" and self._control is not None:
            self._control.options.append((has.get("value", ""), ""))
            if "selected" in has or len(self._control.options) == 1:
                self._control.value = has.get("value", "")
        if tag in ("p", "li", "td", "th", "tr", "h1", "h2", "h3", "dd", "dt", "br", "div"):
            self.words += " "

    def _begin(self, tag: str, has: dict[str, str]) -> None:
        kind = has.get("type", "text") if tag == "input" else tag
        made = Control(
            has.get("name", ""), kind, has.get("value", "on" if kind == "checkbox" else ""), "checked" in has,
            has.get("id", ""), legend=self._legend[-1] if self._legend else "",
        )  # fmt: skip
        assert self._form is not None
        if tag == "button":
            made.id = has.get("formaction", "")
            self._form.buttons.append(made)
        else:
            self._form.controls.append(made)
        self._control = made

    def handle_endtag(self, tag: str) -> None:
        """Take the words of what ends."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if self._taking and self._taking[-1][0] == tag:
            words = _plain("".join(self._taking.pop()[1]))
            if tag == "a":
                self.links.append((words, urljoin(self.address, self._link)))
            elif tag == "label":
                self._labels[self._label] = words
            elif tag == "legend" and self._legend:
                self._legend[-1] = words
            elif tag == "button" and self._form is not None and self._form.buttons:
                self._form.buttons[-1].label = words
            elif tag == "option" and self._control is not None:
                self._control.options[-1] = (self._control.options[-1][0], words)
            elif tag == "textarea" and self._control is not None:
                self._control.value = words
        if tag == "fieldset" and self._legend:
            self._legend.pop()
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if "title" in self._open:
            self.title += data
        if not _SILENT.intersection(self._open):
            self.words += data
        for _, parts in self._taking:
            parts.append(data)


class Reader:
    """Somebody who is signed in and reads the pages with a test client."""

    def __init__(self, client: Any, start: str) -> None:
        self.client = client
        self.page = Page("", "")
        self.go(start)

    def go(self, address: str, *, status: int = 200) -> Page:
        """Open a page."""
        return self._read(self.client.get(address, follow=True), address, status)

    def _read(self, answer: Any, address: str, status: int = 200) -> Page:
        if answer.redirect_chain:
            address = urljoin(address, answer.redirect_chain[-1][0])
        assert answer.status_code == status, (address, answer.status_code, answer.content[:2000])
        self.page = Page(address, answer.content.decode())
        return self.page

    def link(self, words: str) -> str:
        """Return the address of the first link with these words; it may say more to those who cannot see the page."""
        exact = [address for said, address in self.page.links if said == words]
        found = exact or [address for said, address in self.page.links if said.startswith(words)]
        assert found, (words, self.page.address, [said for said, _ in self.page.links])
        return found[0]

    def follow(self, words: str) -> Page:
        """Follow a link."""
        return self.go(self.link(words))

    def fetch(self, words: str) -> Any:
        """Follow a link to a file and return the answer."""
        answer = self.client.get(self.link(words))
        assert answer.status_code == 200, (words, answer.status_code)
        return answer

    def says(self, *words: str) -> None:
        """Check that the page says all this."""
        for one in words:
            assert one in self.page.words, (one, self.page.address, self.page.words)

    def send(self, button: str, fills: dict[str, Any] | None = None, *, status: int = 200) -> Page:
        """Fill in the form with a button of these words, by its labels, and press it."""
        answer, action = self._send(button, fills or {})
        return self._read(answer, action, status)

    def take(self, button: str, fills: dict[str, Any] | None = None) -> Any:
        """Press a button that gives a file, and return the answer."""
        answer, _ = self._send(button, fills or {})
        assert answer.status_code == 200, (button, answer.status_code)
        return answer

    def _send(self, button: str, fills: dict[str, Any]) -> tuple[Any, str]:
        forms = [form for form in self.page.forms if any(one.label == button for one in form.buttons)]
        assert forms, (button, self.page.address, [[b.label for b in f.buttons] for f in self.page.forms])
        form = forms[0]
        files = [_fill(form, words, value, self.page) for words, value in fills.items()]
        data: dict[str, Any] = {}
        for name, value in form.sent():
            data.setdefault(name, []).append(value)
        data |= dict(filter(None, files))
        pressed = next(one for one in form.buttons if one.label == button)
        if pressed.name:
            data[pressed.name] = pressed.value
        action = pressed.id or form.action
        if form.method == "get":
            return self.client.get(urlsplit(action).path, data, follow=True), action
        return self.client.post(action, data, follow=True), action


def _fill(form: Form, words: str, value: Any, page: Page) -> tuple[str, Any] | None:
    """Put a value into the field of these words; return a file apart, with its name."""
    found = form.find(words)
    assert found, (words, page.address, [(one.legend, one.label) for one in form.controls])
    first = found[0]
    if first.kind == "file":
        return first.name, value
    if isinstance(value, dt.date):
        by_part = {one.label: one for one in found}
        for part, number in (("Day", value.day), ("Month", value.month), ("Year", value.year)):
            by_part[part].value = str(number)
    elif first.kind in ("radio", "checkbox"):
        chosen = [one for one in found if _plain(one.label) == value or value is True]
        assert chosen, (words, value, [one.label for one in found])
        for one in found:
            one.is_chosen = one in chosen
    elif first.kind == "select":
        ids = [option for option, said in first.options if said == value]
        assert ids, (words, value, first.options)
        first.value = ids[0]
    else:
        first.value = str(value)
    return None


def pdf_words(document: bytes) -> list[str]:
    """Return the runs of text of a PDF as Typst writes them, in the order they are laid out."""
    streams: dict[int, bytes] = {}
    for found in re.finditer(rb"(\d+) 0 obj(.*?)endobj", document, re.DOTALL):
        data = re.search(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", found[2], re.DOTALL)
        if data is not None:
            # The last byte of a stream may look like the line end before "endstream".
            streams[int(found[1])] = zlib.decompressobj().decompress(data[1])
    fonts: dict[bytes, int] = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", document):
        described = re.search(rb"\n%s 0 obj.*?/ToUnicode (\d+) 0 R" % number, document, re.DOTALL)
        assert described is not None
        fonts[name] = int(described[1])
    letters = {
        name: {
            code: bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in (
                (int(a, 16), b) for a, b in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", streams[number])
            )
        }
        for name, number in fonts.items()
    }
    words = []
    for content in (one for one in streams.values() if b"BT" in one and b" Tf" in one):
        for block in re.findall(rb"BT\b.*?\nET", content, re.DOTALL):
            font = re.search(rb"/(f\d+) ", block)
            assert font is not None
            glyphs = b"".join(map(_bytes_of, _literals(block)))
            codes = [int.from_bytes(glyphs[at : at + 2]) for at in range(0, len(glyphs), 2)]
            words.append("".join(letters[font[1]].get(code, "") for code in codes))
    return words


def _literals(block: bytes) -> Iterator[bytes]:
    """Give the literal strings of a block; brackets inside them need no escape where they are in pairs."""
    depth, start, at = 0, 0, 0
    while at < len(block):
        if block[at] == ord("\\"):
            at += 1
        elif block[at] == ord("("):
            depth += 1
            start = start if depth > 1 else at + 1
        elif block[at] == ord(")"):
            depth -= 1
            if depth == 0:
                yield block[start:at]
        at += 1


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _bytes_of(literal: bytes) -> bytes:
    """Undo the escapes of a literal string in a PDF."""

    def undone(found: re.Match[bytes]) -> bytes:
        said = found[1]
        return bytes([int(said, 8)]) if said.isdigit() else _ESCAPES.get(said, said)

    return re.sub(rb"\\([0-7]{1,3}|.)", undone, literal, flags=re.DOTALL)
