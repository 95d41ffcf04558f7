"""The display node's page: its HTML, style and scripts put together into one small file that travels compressed.

The scripts are ES modules that a browser could run as they are; what they share with the Lovelace card lies beside
the card. The page speaks English; the words of each other language are a file of their own, for its readers only.
"""

import json
import re
import zlib
from pathlib import Path

from .script import ScriptError, bundle

PROJECT = Path(__file__).resolve().parents[2]
WEB = PROJECT / "firmware" / "web"
SHARED = PROJECT / "custom_components" / "victron_espnow" / "frontend"

# In the tables of words, one entry a language: `  de: {` up to `  },`, or with brackets.
_LANGUAGE = re.compile(r"^  ([a-z]{2}): ([{\[]\n(?:    .*\n)*  [}\]]),\n", re.MULTILINE)
_WORDS = ((SHARED / "texts.js", "texts"), (WEB / "words.js", "row"))
# What stands in the card's style for the card alone.
_OF_THE_CARD = re.compile(
    r"^(?::host|ha-card|\.body|h2|\.notice)[^{]*\{[^}]*\}\n|^.*:dir\(rtl\).*\n", re.MULTILINE
)


def page_files() -> dict[str, bytes]:
    """Return the files that `firmware/display/web_answers.py` sends, by their names beside the program."""
    manifest = json.loads((WEB / "manifest.json").read_text("utf-8"))
    files = {"page.html.gz": page(), "page.json.gz": json.dumps(manifest)}
    for language, words in languages().items():
        text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        files[f"page.{language}.gz"] = text
    packed = {name: _packed(text) for name, text in files.items()}
    return {**packed, "page.png": (WEB / "icon.png").read_bytes()}


def _packed(text: str) -> bytes:
    """Return it as gzip, the same for the same text at any time; which way is the smallest is hard to foresee."""
    return min((_gzip(text.encode(), memory) for memory in range(5, 10)), key=len)


def _gzip(data: bytes, memory: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31, memory)
    return packer.compress(data) + packer.flush()


def page() -> str:
    """Return the whole page."""
    text = re.sub(r"<!--.*?-->", "", (WEB / "page.html").read_text("utf-8"), flags=re.DOTALL)
    shared = [_style_in(SHARED / name) for name in ("style.js", "card_style.js")]
    style = small_style("".join([*shared, (WEB / "page.css").read_text("utf-8")]))
    script = bundle(WEB / "page.js", _source)
    if "</s" in style + script:
        raise ScriptError("what stands in the page would end its style or script")
    text = re.sub(r">\s*\n\s*<", "><", text).strip()
    return text.replace("/*style*/", style).replace("/*script*/", script)


def languages() -> dict[str, dict[str, object]]:
    """Return the words of every language but English, as `firmware/web/words.js` takes them."""
    found: dict[str, dict[str, object]] = {}
    for path, name in _WORDS:
        for language, entry in _LANGUAGE.findall(path.read_text("utf-8")):
            if language != "en":
                found.setdefault(language, {})[name] = json.loads(_as_json(entry))
    return found


def small_style(text: str) -> str:
    """Return a style sheet without comments and with less space."""
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    text = re.sub(r" ?([{};,>]) ?", r"\1", text)
    return re.sub(r"(?<=[\w-]): (?=[^{}]*[;}])", ":", text).replace(";}", "}").strip()


def _source(path: Path) -> str:
    """Return a module as the page needs it."""
    text = path.read_text("utf-8")
    if path in (place for place, _ in _WORDS):
        text = _LANGUAGE.sub(lambda one: one[0] if one[1] == "en" else "", text)
    return text


def _style_in(path: Path) -> str:
    """Return the style sheet in a module of the card's."""
    text = path.read_text("utf-8")
    return _OF_THE_CARD.sub("", text[text.index("`") + 1 : text.rindex("`")].lstrip("\n"))


def _as_json(entry: str) -> str:
    entry = re.sub(r"^( +)(\w+):", r'\1"\2":', entry, flags=re.MULTILINE)
    return re.sub(r",(\s*[}\]])", r"\1", entry)
