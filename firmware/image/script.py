"""Makes one small script of ES modules: no comments, little space, short names where nobody outside can see them.

Renamed are the names of the first level, one for each in the whole script, so that no two modules meet; private
members (`_name`); and what a function declares for itself, as long as it does not stand in `{name}` there. Each
function begins anew with the same few letters: what repeats itself travels for little. What is a property, a key
or a method stays.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

# A text in ` ` may hold ${ }, but no other text in ` `; that, and a regular expression, is found and refused.
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<template>`(?:\\.|[^`\\])*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<space>\s+)"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<number>\d[\w.]*)"""
    r"""|(?P<sign>=>|\.\.\.|\*\*|\?\?|\?\.(?!\d)|&&|\|\||\+\+|--|[-+*/%=<>!&|?]?=+|.)""",
    re.DOTALL,
)
_HOLE = re.compile(r"\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_EXPORT = re.compile(r"^export (?=(?:async|class|const|function|let)\b)", re.MULTILINE)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_NO_FUNCTION = ("if", "for", "while", "switch", "catch")
_DOTS = (".", "?.")
_CLASS, _BLOCK = "class {", "block {"  # what a bracket that is no object's is called
_HEADS = ("if", "for", "while")  # of a statement whose body may be empty
_OPERANDS = ("this", "super", "null", "true", "false", "undefined", "arguments", "get", "set", "of")
_BEFORE_KEY = (*_DOTS, "{", "}", ";", "#", "*", "async", "get", "set", "static")
_BEFORE_BLOCK = (")", "=>", "else", "try", "catch", "finally", ";", "{", "}")
_WORDS = frozenset(
    [
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "get",
        "if",
        "import",
        "in",
        "instanceof",
        "let",
        "new",
        "null",
        "of",
        "return",
        "set",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "yield",
        "arguments",
    ]
)

type _Place = tuple[
    Path | None, str
]  # of a name of the first level: its module; of a private one: none


class ScriptError(Exception):
    """A module that cannot be taken in; the text says why."""


@dataclass
class Token:
    """A piece of a script."""

    kind: str
    text: str
    line: bool = False  # a line ends before it
    inside: str = ""  # the bracket around it
    unit: int = 0  # the function or statement of the first level that it belongs to
    stays: bool = False  # it names a property, a key or a method
    parts: list[list[Token]] = field(default_factory=list)  # of a text in ` `: what its holes hold


@dataclass
class Unit:
    """What one function says of the names in it."""

    declared: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)
    count: Counter[str] = field(default_factory=Counter)


@dataclass
class Script:
    """One module."""

    path: Path
    tokens: list[Token]
    imports: dict[str, _Place]  # local name: where it is defined
    first_level: set[str]
    units: dict[int, Unit]


def bundle(entry: Path, read: Callable[[Path], str]) -> str:
    """Return a module and all that it imports as one script."""
    scripts: dict[Path, Script] = {}
    _collect(entry.resolve(), read, scripts)
    return _joined(list(scripts.values()))


def _collect(path: Path, read: Callable[[Path], str], scripts: dict[Path, Script]) -> None:
    if path in scripts:
        return
    if not path.is_file():
        raise ScriptError(f"{path.name} is imported, but not there")
    text = read(path)
    imports: dict[str, _Place] = {}
    for names, origin in _IMPORT.findall(text):
        other = (path.parent / origin).resolve()
        _collect(other, read, scripts)
        for name in filter(None, (one.strip() for one in names.split(","))):
            theirs, _, ours = name.partition(" as ")
            imports[ours or theirs] = (other, theirs)
    text = _EXPORT.sub("", _IMPORT.sub(lambda one: "\n" * one[0].count("\n"), text))
    try:
        tokens = _tokens(text)
    except ScriptError as error:
        raise ScriptError(f"{path.name}, {error}") from None
    if any(one.text in ("import", "export") and not one.inside for one in tokens):
        raise ScriptError(f"{path.name} imports or exports in a way that is not foreseen")
    scripts[path] = _understood(path, tokens, imports)


def _tokens(text: str, inside: str = "", unit: int = 0) -> list[Token]:
    """Return the tokens that count, each with the bracket that it stands in."""
    found: list[Token] = []
    around = [inside]
    before_brackets: list[int] = []  # where each bracket around stands
    heads: set[int] = set()  # where the brackets after `if` and the like end
    line = is_class = False
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match[0]
        if kind in ("space", "comment"):
            line = line or "\n" in word
            continue
        if problem := _problem(kind, word, found, heads):
            raise ScriptError(f"line {text.count(chr(10), 0, match.start()) + 1}: {problem}")
        if word in _CLOSE:
            around.pop()
            before = before_brackets.pop()
            if before and found[before - 1].text in _HEADS and not _ends_do(found, before - 1):
                heads.add(len(found))
        elif word in _OPEN:
            before_brackets.append(len(found))
        token = Token(kind, word, line, around[-1], unit)
        if kind == "template":
            token.parts = [_tokens(hole, "(", unit) for hole in _HOLE.findall(word)]
        found.append(token)
        # with another word for it this would be a key: { class: "name" }
        is_class = is_class or (word == "class" and around[-1] in ("", "(", _BLOCK))
        if word == "{":
            is_block = len(found) > 1 and found[-2].text in _BEFORE_BLOCK
            around.append(_CLASS if is_class else _BLOCK if is_block else word)
            is_class = False
        elif word in _OPEN:
            around.append(word)
        elif word in ("}", ";") and around in ([""], ["", _CLASS]):
            unit += 1
        line = False
    return found


def _problem(kind: str, word: str, found: list[Token], heads: set[int]) -> str:
    """Return what is not foreseen about the next token, "" if it is."""
    if word in ("'", '"', "`"):
        return "a text without an end"
    if kind == "template" and word.count("${") != len(_HOLE.findall(word)):
        return "a text in a text"
    if word == "*" and found and found[-1].text == "/":
        return "a comment without an end"
    if word[0] == "/" and kind == "sign" and not _is_operand(found):
        return "a regular expression, or a comment without an end"
    if word == ";" and len(found) - 1 in heads:
        return "an empty body"
    return ""


def _is_operand(found: list[Token]) -> bool:
    """Tell whether what has been read so far may be divided."""
    if not found:
        return False
    last = found[-1]
    if last.kind == "name":
        return last.text not in _WORDS or last.text in _OPERANDS
    return last.kind != "sign" or last.text in (")", "]", "}", "++", "--")


def _ends_do(found: list[Token], at: int) -> bool:
    """Tell whether this may be the end of `do { } while ( )`."""
    return found[at].text == "while" and at > 0 and found[at - 1].text == "}"


def _streams(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens, and those inside texts."""
    yield tokens
    for token in tokens:
        yield from token.parts


def _understood(path: Path, tokens: list[Token], imports: dict[str, _Place]) -> Script:
    """Find out which names the module declares, and which must stay."""
    script = Script(path, tokens, imports, set(), {})
    for stream in _streams(tokens):
        texts = ["", *(token.text for token in stream), ""]
        for at, token in enumerate(stream, 1):
            unit = script.units.setdefault(token.unit, Unit())
            before, after = texts[at - 1], texts[at + 1]
            if token.text == "=>" or (token.text == "{" and before == ")"):
                unit.declared |= _parameters(texts, at - 1)
            if token.kind != "name" or token.text in _WORDS:
                continue
            listed = token.inside == "{" and before in ("{", ",")
            is_key = listed and (after == ":" or _is_method(texts, at + 1))
            token.stays = before in _DOTS or token.inside == _CLASS or is_key
            if token.stays:
                if token.inside == _CLASS and not (before in _BEFORE_KEY or token.line):
                    raise ScriptError(f"{path.name}: {token.text} in the value of a class's field")
                continue
            unit.count[token.text] += 1
            if listed and after in (",", "}", "="):
                if _is_private(token.text):
                    raise ScriptError(f"{path.name}: {{ {token.text} }}, a private name")
                unit.fixed.add(token.text)
            elif before in ("const", "let", "function", "class"):
                (unit.declared if token.inside else script.first_level).add(token.text)
    return script


def _is_method(texts: list[str], start: int) -> bool:
    """Tell whether a list of parameters with a body begins here: in an object, that of a method."""
    if texts[start] != "(":
        return False
    depth, end = 1, start
    while depth and end < len(texts) - 1:
        end += 1
        depth += (texts[end] in _OPEN) - (texts[end] in _CLOSE)
    return texts[end + 1 : end + 2] == ["{"]


def _parameters(texts: list[str], end: int) -> set[str]:
    """Return the plain parameters of the function whose list ends here."""
    if texts[end] != ")":
        return {texts[end]}
    start, depth = end, 1
    while depth:
        start -= 1
        depth += (texts[start] in _CLOSE) - (texts[start] in _OPEN)
    if texts[start - 1] in _NO_FUNCTION:
        return set()
    found = set()
    for at in range(start, end):
        if depth == 1 and texts[at - 1] in ("(", ",", "...") and texts[at + 1] in (",", ")", "="):
            found.add(texts[at])
        depth += (texts[at] in _OPEN) - (texts[at] in _CLOSE)
    return found - {"...", "[", "{"}


def _joined(scripts: list[Script]) -> str:
    """Return all modules in one, with new names."""
    seen = {
        token.text
        for script in scripts
        for stream in _streams(script.tokens)
        for token in stream
        if token.kind == "name"
    }
    wanted: Counter[_Place] = Counter()
    private: Counter[str] = Counter()
    for script in scripts:
        for unit in script.units.values():
            for name, times in unit.count.items():
                if name in script.imports or name in script.first_level:
                    wanted[script.imports.get(name, (script.path, name))] += times
        for stream in _streams(script.tokens):
            private.update(one.text for one in stream if one.stays and _is_private(one.text))
    fixed = {
        script.imports.get(name, (script.path, name)): name
        for script in scripts
        for unit in script.units.values()
        for name in unit.fixed
    }
    if both := set(fixed) & set(wanted):
        raise ScriptError(
            f"{', '.join(sorted(name for _, name in both))}: first level, and in {{ }}"
        )
    free = _letters(ascii_uppercase, seen)
    first = {place: next(free) for place, _ in wanted.most_common()}
    free = _letters(ascii_lowercase, seen)
    members = {name: next(free) for name, _ in private.most_common()}
    return "\n".join(_renamed(script, first, members) for script in scripts)


def _renamed(script: Script, first: dict[_Place, str], members: dict[str, str]) -> str:
    """Return a module with other names."""
    known = {
        name: first[script.imports.get(name, (script.path, name))]
        for name in {*script.imports, *script.first_level}
        if script.imports.get(name, (script.path, name)) in first
    }
    new: dict[int, dict[str, str]] = {}
    for number, unit in script.units.items():
        free = _letters(ascii_lowercase, unit.count)
        own = [one for one in unit.count if one in unit.declared - unit.fixed - set(known)]
        new[number] = known | {name: next(free) for name in own}
    return _written(script.tokens, new, members)


def _is_private(name: str) -> bool:
    return name[0] == "_" and len(name) > 1


def _letters(letters: str, taken: Iterable[str]) -> Iterator[str]:
    for length in count(1):
        for some in product(letters, repeat=length):
            if (name := "".join(some)) not in taken and name not in _WORDS:
                yield name


def _written(tokens: list[Token], new: dict[int, dict[str, str]], members: dict[str, str]) -> str:
    """Return the tokens with as little between them as can be."""
    written: list[str] = []
    before = earlier = Token("sign", "{")
    for token in tokens:
        text = token.text
        if token.kind == "name":
            text = (members if token.stays else new[token.unit]).get(text, text)
        elif token.kind == "template":
            text = _filled(text, [_written(part, new, members) for part in token.parts])
        # `,` before any and `;` before a curly bracket that closes say nothing
        is_hole = before.text == "," and earlier.text in (",", "[")  # in an array
        needless = (before.text == "," and not is_hole) or (before.text == ";" and text == "}")
        if token.text in _CLOSE and needless:
            written[-1] = written[-1][:-1]
        written.append(_between(before, token) + text)
        earlier, before = before, token
    return "".join(written)


def _filled(text: str, parts: list[str]) -> str:
    """Put other code into the holes of a text."""
    left = iter(parts)
    return re.sub(r"\s*\n\s*", "\n", _HOLE.sub(lambda _: "${" + next(left) + "}", text))


# Where a line may end within a statement: nothing has to stand there.
_GOES_ON = (*_OPEN, ",", ";", "=>", "?", ":", "&&", "||", "??", "=", "+")
_APART = ("++", "--", "<!")  # what two signs must not become
_WENT_ON = (*_CLOSE, *_DOTS, ",", ";", "?", ":", "&&", "||", "??", "+")


def _between(one: Token, other: Token) -> str:
    """Return what has to stand between two tokens: a line end only where it may end a statement."""
    if other.line and one.text not in _GOES_ON and other.text not in _WENT_ON:
        return "\n"
    worded = ("name", "number")
    if one.kind in worded and other.kind in worded:
        return " "
    return (
        " "
        if one.text[-1] + other.text[0] in _APART or (_is_whole(one) and other.text == ".")
        else ""
    )


def _is_whole(token: Token) -> bool:
    """Tell whether a point after it would belong to the number."""
    return token.kind == "number" and token.text.isdigit()
