"""What an officer's program sees of a page: links, forms with what they would send, parts that come later."""

from __future__ import annotations

import datetime as dt
import html
import random
import re
from dataclasses import dataclass, field

_TAG = re.compile(r"<(/?)(a|form|input|button|select|option|textarea|fieldset)\b([^>]*)>", re.IGNORECASE)
_LATER = re.compile(r"<(?:div|span)\b[^>]*\bhx-get=[^>]*>")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")

Attributes = dict[str, str]

#: What is written where a page asks for words, and how many days ahead where it asks for a day.
WORDS = "Đã đối chiếu giấy chứng nhận và giấy tờ tuỳ thân"
DAYS = 14


@dataclass
class Form:
    """A form of a page; its controls may stand outside of it and name it."""

    method: str
    action: str
    controls: list[Attributes] = field(default_factory=list)
    buttons: list[Attributes] = field(default_factory=list)

    def filled(self, button: Attributes, chance: random.Random) -> list[tuple[str, str]]:
        """What pressing a button sends, with words, days and choices filled in where it asks for any.

        Of boxes of one name, such as the fields that a commune shall look at, one is ticked where none is.
        """
        sent = [(button["name"], button.get("value", ""))] if button.get("name") else []
        chosen: dict[str, list[Attributes]] = {}
        boxes: dict[str, list[Attributes]] = {}
        for control in self.controls:
            name, kind = control.get("name", ""), control.get("type", "text")
            if not name or "disabled" in control:
                continue
            if kind in ("radio", "option"):
                chosen.setdefault(name, []).append(control)
            elif kind == "checkbox":
                boxes.setdefault(name, []).append(control)
            else:
                sent.append((name, _typed(control, kind)))
        for name, options in chosen.items():
            given = [each for each in options if each.get("value")] or options
            sent.append((name, chance.choice(given).get("value", "")))
        for name, offered in boxes.items():
            ticked = [each for each in offered if "checked" in each]
            if not ticked and len(offered) > 1:
                ticked = [chance.choice(offered)]
            sent += [(name, each.get("value", "on")) for each in ticked]
        return sent


@dataclass
class Page:
    """A page as it came: where it was found, its status, links and forms."""

    path: str
    status: int
    links: list[Attributes] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    #: What the page asks for by itself, each with where and when (hx-get, hx-trigger).
    later: list[Attributes] = field(default_factory=list)

    @classmethod
    def read(cls, path: str, status: int, text: str) -> Page:
        """Tags alone are looked at: Django escapes what could be mistaken for one."""
        page = cls(path, status, later=[_attributes(tag) for tag in _LATER.findall(text)])
        named: dict[str, Form] = {}
        apart: list[tuple[str, Attributes]] = []
        inside: Form | None = None
        select: Attributes = {}
        for end, raw, rest in _TAG.findall(text):
            tag = raw.lower()
            if end:
                inside = None if tag == "form" else inside
                continue
            found = _attributes(rest)
            if tag == "a" and found.get("href"):
                page.links.append(found)
            elif tag == "form":
                inside = Form(found.get("method", "get").lower(), found.get("action", ""))
                page.forms.append(inside)
                named[found.get("id", "")] = inside
            elif tag == "select":
                select = found
            elif tag in ("input", "textarea", "button", "option"):
                if tag == "option":
                    # A list of suggestions names no field.
                    found = {**found, "type": "option", "name": select.get("name", "")}
                    found |= {"form": select["form"]} if "form" in select else {}
                elif tag == "button":
                    found["tag"] = "button"
                if "form" in found:
                    apart.append((found["form"], found))
                elif inside is not None:
                    _add(inside, found)
        for name, control in apart:
            if name in named:
                _add(named[name], control)
        return page

    def keyed(self, key: str) -> str:
        """Where the link leads that a key follows; empty where there is none."""
        return next((link["href"] for link in self.links if link.get("data-key", "").lower() == key), "")


def _add(form: Form, control: Attributes) -> None:
    if control.get("tag") != "button" and control.get("type") != "submit":
        form.controls.append(control)
    elif control.get("type", "submit") == "submit" and "disabled" not in control:
        form.buttons.append(control)


def _typed(control: Attributes, kind: str) -> str:
    value = control.get("value", "")
    if value or kind == "hidden":
        return value
    if kind == "date" or control.get("placeholder") == "dd/mm/yyyy":
        day = dt.date.today() + dt.timedelta(days=DAYS)
        return day.isoformat() if kind == "date" else f"{day:%d/%m/%Y}"
    wants_words = "required" in control or re.search("reason|note", control.get("name", ""))
    return WORDS if wants_words and kind in ("text", "textarea") else ""


def _attributes(rest: str) -> Attributes:
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(rest)
    }
