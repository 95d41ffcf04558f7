"""The shortener of the page's scripts: what comes out does what went in, and what it cannot take it names."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from firmware.image.script import ScriptError, bundle

ENTRY = Path(__file__).resolve()  # a module has to be a file; what it says is handed in


def shortened(source: str) -> str:
    return bundle(ENTRY, lambda _: source)


def run(page: Page, script: str) -> Any:
    """Return what a script leaves in `said`, or how it fails."""
    return page.evaluate(
        """source => { const said = []; try { (0, eval)(`(said => {"use strict";${source}\\n})`)(said); }
          catch (error) { return ['fails', error.name, source]; } return JSON.stringify(said); }""",
        script,
    )


def same(page: Page, source: str) -> str:
    """Assert that a module says the same when it is short; return it."""
    short = shortened(source)
    said = run(page, source)
    assert said[0] != "fails", said
    assert run(page, short) == said, short
    return short


@pytest.mark.parametrize(
    "source",
    [
        "said.push('it\\'s', \"//no comment\", '/* nor this */')",
        "said.push(`a ${1 + 1} b ${[1, 2].map((one) => { return one * 2; })}`)",
        "const name = 'x'\nsaid.push(`${name} // ${[name, 2].length} \\` $ {}`.length)",
        "said.push(1) // one\n/* two */ said.push(2) /* three\n four */\nsaid.push(5)",
        "let a = 1\nlet b = a\n++b\nsaid.push(a, b)",
        "let a = 3, b = 1\nsaid.push(a - --b, a + ++b, a-- - b, a++ + b, - -a, + +b, a - -b)",
        "const two = () => {\n  return\n  2\n}\nsaid.push(two() === undefined)",
        "const a = [1, 2]\nconst [one] = a\nsaid.push(one)\n;[3].forEach((n) => said.push(n))",
        "said.push(typeof void 0, 'a' in { a: 1 }, [] instanceof Array, !('b' in {}))",
        "function f(x) { if (x) return x\n else return -x }\nsaid.push(f(1), f(0))",
        "const o = { f(a) { return a }, get g() { return 1 }, f2: 2, async h() {} }\nsaid.push(o.f(3), o.g, o.f2)",
        "(() => { const f = 5; const o = { f(a) { return a } }; said.push(o.f(3), f) })()",
        "class A { static x = 1; #p = 2; _q = 3; get p() { return this.#p + this._q } }\nsaid.push(new A().p, A.x)",
        "let n = 0\nfor (const x of [1, 2]) n += x\ndo { n -= 1 } while (n > 1)\nsaid.push(n)",
        "switch (3) { case 3: said.push('three'); break\ndefault: said.push('other') }",
        "said.push([1, , 2, , ].length, [, ].length)",
        "said.push(1 .toFixed(1), 1..toFixed(1), .5, 1e-3, 0x1f, 1_000)",
        "try { null.x } catch (e) { said.push(e.name) } finally { said.push('end') }",
        "const f = async (x) => await x\nsaid.push(typeof f)",
        "const { a, b: c = 3, ...rest } = { a: 1, d: 4 }\nsaid.push(a, c, rest)",
        "const x = 1\nsaid.push(x < !-x, x <! --[2][0])",
        "label: for (;;) { for (;;) break label }\nsaid.push(1)",
        "const f = (a, b = a) => a + b\nsaid.push(f(1), f?.(2, 3), null?.x ?? 4, true ? .5 : 1)",
    ],
)
def test_every_kind_of_code_does_what_it_did(blank: Page, source: str):
    same(blank, source)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("const a = 1\nclass B { c = a }", "a in the value of a class's field"),
        ("said.push(/x'/.test('x'))", "regular expression"),
        ("const a = [/x/, 1]", "regular expression"),
        ("function f(s) { return /x/.test(s) }", "regular expression"),
        ("said.push(`a ${`b`}`)", "a text in a text"),
        ("said.push(`${'}'}`)", "a text without an end"),
        ("const x = 1\nsaid.push({ x })", "x: first level"),
        ("let n = 3\nwhile (n--);", "empty body"),
        ("for (let n = 0; n < 3; n++);", "empty body"),
        ("export default 3", "imports or exports"),
        ("import * as all from './x.js'", "imports or exports"),
        ("said.push(1)\nsaid.push('no end)", r"test_script\.py, line 2: a text without an end"),
        ("said.push(`no end)", "without an end"),
        ("/* no end", "a comment without an end"),
        ("said.push(1) /* no end", "a comment without an end"),
        ("const f = () => { const _a = 1; return { _a } }", "a private name"),
    ],
)
def test_what_is_not_foreseen_is_named(source: str, says: str):
    with pytest.raises(ScriptError, match=says):
        shortened(source)


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(ScriptError, match=r"nobody\.js is imported, but not there"):
        shortened('import { a } from "./nobody.js";\na();')


def test_modules_do_not_meet(blank: Page, tmp_path: Path):
    files = {
        "one.js": 'import { twice as two, _hidden } from "./two.js";\n'
        "const own = 1;\nexport const go = (own2) => two(own2) + own + _hidden;\nsaid.push(go(20));\n",
        "two.js": "const own = 2;\nexport function twice(x) {\n  return own * x;\n}\nexport const _hidden = 100;\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    short = bundle(tmp_path / "one.js", lambda path: path.read_text())
    assert run(blank, short) == "[141]"
    assert "own" not in short


def test_it_is_shorter(blank: Page):
    source = """// why
function add(first, second) {
  const sum = first + second;
  return sum;
}
said.push(add(1, 2));
"""
    short = same(blank, source)
    assert short == "function A(a,b){const c=a+b;return c}\nsaid.push(A(1,2));"


# Modules made of everything at once

NAMES = ("one", "two", "three", "of_it", "get")
TEXT = st.text(st.sampled_from("a'\"`/*\\ ${}\n;,-+"), max_size=8)


@st.composite
def expressions(draw, depth: int = 2) -> str:
    """Draw an expression over NAMES, of any kind."""
    kinds = ["name", "number", "text", "template"]
    kinds += ["sum", "unary", "list", "object", "arrow", "choice", "keyword"] if depth else []
    kind = draw(st.sampled_from(kinds))
    below = expressions(depth=depth - 1) if depth else st.just("0")
    match kind:
        case "name":
            return draw(st.sampled_from(NAMES))
        case "number":
            return draw(st.sampled_from(["0", "7", ".5", "1e-3", "0x1f", "3.25"]))
        case "text":
            return json.dumps(draw(TEXT))
        case "template":
            text = draw(st.text(st.sampled_from("a'\"/* ;,-"), max_size=5))
            one, other = draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))
            return f"`{text}${{{one} + ({{ {other} }}).{other}}}{text}`"
        case "sum":
            sign = draw(st.sampled_from(["+", "-", "*", "%", "<", "===", "&&", "||", "??", "**"]))
            gap = draw(st.sampled_from([" ", "\n", " /* - */ ", " // +\n"]))
            return f"({draw(below)}){gap}{sign}{gap}({draw(below)})"
        case "unary":
            return f"{draw(st.sampled_from(['-', '+', '!', '- -', '+ +', 'typeof ', 'void ']))}({draw(below)})"
        case "list":
            return f"[{draw(below)}, ...[{draw(below)}],]"
        case "object":
            name = draw(st.sampled_from(NAMES))
            return f"{{ {name}, key: {draw(below)}, class: 1, {name}_of() {{ return {name}; }}, }}"
        case "arrow":
            name = draw(st.sampled_from(NAMES))
            return f"(({name}, other = 2) => {{\n return {draw(below)}\n}})({draw(below)})"
        case "choice":
            return f"({draw(below)}\n? {draw(below)}\n: {draw(below)})"
        case _:
            return f"(typeof {draw(st.sampled_from(NAMES))} in {{ number: {draw(below)} }})"


@st.composite
def statements(draw, depth: int = 1) -> str:
    """Draw a statement that may change NAMES and says what they are."""
    kinds = ["say", "set", "step"] + (["if", "loop", "function", "class", "block"] if depth else [])
    end = draw(st.sampled_from([";\n", "\n", "; ", " // the end\n", "; /* } */ "]))
    name = draw(st.sampled_from(NAMES))
    value = draw(expressions())
    inner = draw(statements(depth=depth - 1)) if depth else ""
    match draw(st.sampled_from(kinds)):
        case "say":
            return f"said.push(String({value})){end}"
        case "set":
            return f"{name} = {value}{end}"
        case "step":
            return (
                f"{name}\n{draw(st.sampled_from(['++', '--']))}{draw(st.sampled_from(NAMES))}{end}"
            )
        case "if":
            return f"if ({value}) {{ {inner} }} else {{ {inner} }}\n"
        case "loop":
            return (
                f"for (const {name} of [1, {value}]) {{ {inner.replace(name, 'said.length')} }}\n"
            )
        case "function":
            body = f"const here = part; {inner} return here"
            return f"{{ const run = (part, other) => {{ {body} }}; said.push(run(1, 2)) }}\n"
        case "class":
            body = f"_own = 1; constructor() {{ this._own = {value} }} get tell() {{ return `${{this._own}}` }}"
            return f"said.push(new (class {{ {body} }})().tell){end}"
        case _:
            return f"{{ {inner} }}\n"


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(statements(), min_size=1, max_size=5))
def test_any_module_says_the_same_when_it_is_short(blank: Page, parts: list[str]):
    head = "".join(f"let {name} = {number}\n" for number, name in enumerate(NAMES))
    end = f"\nsaid.push({', '.join(f'String({name})' for name in NAMES)})"
    source = f"function main() {{\n{head}{''.join(parts)}{end}\n}}\nmain()\n"
    said = run(blank, source)
    assume(
        said[0] != "fails"
    )  # no module at all: `x ** y` may be drawn where only `(x) ** y` is one
    short = shortened(source)
    assert run(blank, short) == said, f"{source}\n----\n{short}"
