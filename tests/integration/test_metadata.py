"""What hassfest and HACS would ask, asked here: they cannot run offline."""

import ast
import json
import re
from functools import reduce
from pathlib import Path
from typing import Any

import hass_frontend
import pytest
import yaml
from homeassistant.components.sensor import SensorDeviceClass

from custom_components.victron_espnow import hub, issues, port, services
from custom_components.victron_espnow.alarms import STATES
from custom_components.victron_espnow.binary_sensor import NODE_BINARY_SENSORS, PROBLEM
from custom_components.victron_espnow.button import NODE_BUTTONS
from custom_components.victron_espnow.const import DOMAIN
from custom_components.victron_espnow.device import FRESH
from custom_components.victron_espnow.device_flow import DeviceFlow
from custom_components.victron_espnow.event import ALARM, NODE_ALARM
from custom_components.victron_espnow.node_sensor import NODE_SENSORS
from custom_components.victron_espnow.number import BRIGHTNESS, LIMITS
from custom_components.victron_espnow.option_push import WIFI_OFF, WIFI_POINT, WIFI_STATION
from custom_components.victron_espnow.options_flow import AS_IT_IS, VictronEspnowOptionsFlow
from custom_components.victron_espnow.protocol.records import RECORDS
from custom_components.victron_espnow.reason_entities import BINARY_SENSORS, REASON
from custom_components.victron_espnow.screen_options import SCREEN_OPTIONS
from custom_components.victron_espnow.sensor import SENSORS
from custom_components.victron_espnow.status_sensors import LAST_SEEN, STATUS

ROOT = Path(__file__).parents[2]
HERE = ROOT / "custom_components" / DOMAIN
MANIFEST: dict[str, Any] = json.loads((HERE / "manifest.json").read_text())
ENGLISH: dict[str, Any] = json.loads((HERE / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((HERE / "icons.json").read_text())
DEVICE = ENGLISH["config_subentries"]["device"]
ALL_SENSORS = (*SENSORS, STATUS, LAST_SEEN, *NODE_SENSORS)
ENTITIES = {
    "binary_sensor": (PROBLEM, *BINARY_SENSORS, *NODE_BINARY_SENSORS),
    "button": NODE_BUTTONS,
    "event": (ALARM, NODE_ALARM, REASON),
    "number": (*LIMITS, BRIGHTNESS),
    "sensor": ALL_SENSORS,
}
TRANSLATIONS = sorted((HERE / "translations").glob("*.json"))
SOURCES = {path.name: path.read_text() for path in HERE.glob("*.py")}


def constants(name: str, pattern: str) -> set[str]:
    """Return every string of a source file that matches."""
    return {
        node.value
        for node in ast.walk(ast.parse(SOURCES[name]))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(pattern, node.value)
    }


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    return [value]


def keys(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {path}
    return {key for name, one in value.items() for key in keys(one, f"{path}.{name}")}


def link_reasons() -> set[str]:
    """Return every reason a LinkError is raised with."""
    found = set(port._OPEN_ERRORS.values())
    for source in ("port.py", "stream.py", "commands.py", "link.py", "hub.py", "config_flow.py"):
        for call in ast.walk(ast.parse(SOURCES[source])):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "LinkError":
                for node in ast.walk(call.args[0]):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found.add(node.value)
    return found | {"network_unreachable", "cannot_open", "invalid_url"}


def test_manifest_is_complete_and_sorted() -> None:
    names = list(MANIFEST)
    assert names[:2] == ["domain", "name"]
    assert names[2:] == sorted(names[2:])
    assert MANIFEST["domain"] == HERE.name
    assert MANIFEST["documentation"].startswith("https://")
    assert MANIFEST["issue_tracker"].startswith("https://")
    assert re.fullmatch(r"\d+\.\d+\.\d+", MANIFEST["version"])
    assert MANIFEST["integration_type"] == "hub"
    assert MANIFEST["iot_class"] == "local_push"
    assert MANIFEST["dependencies"] == ["http", "usb"]  # usb brings serialx in the right version
    assert MANIFEST["codeowners"]
    assert MANIFEST["config_flow"] is True
    assert not any("serialx" in requirement for requirement in MANIFEST["requirements"])


def test_hacs_knows_the_floor() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs["name"] == MANIFEST["name"]
    assert hacs["homeassistant"] == "2026.10.0"
    assert set(hacs) <= {"name", "homeassistant", "render_readme", "zip_release", "filename"}


def test_every_quality_rule_is_judged_and_exemptions_are_explained() -> None:
    rules = yaml.safe_load((HERE / "quality_scale.yaml").read_text())["rules"]
    assert len(rules) == 54
    for name, rule in rules.items():
        if isinstance(rule, dict):
            assert rule["status"] in ("done", "exempt"), name
            assert rule["comment"], name
        else:
            assert rule == "done", name


@pytest.mark.parametrize(
    ("rule", "file", "heading"),
    [
        ("docs-actions", "docs/home-assistant.md", "Actions"),
        ("docs-high-level-description", "README.md", "What it is"),
        ("docs-installation-instructions", "README.md", "Install in Home Assistant"),
        ("docs-removal-instructions", "docs/home-assistant.md", "Removal"),
        ("docs-configuration-parameters", "docs/home-assistant.md", "Settings"),
        ("docs-installation-parameters", "docs/home-assistant.md", "Settings"),
        ("docs-data-update", "docs/home-assistant.md", "How values get here, and how often"),
        ("docs-examples", "docs/home-assistant.md", "Examples"),
        ("docs-known-limitations", "docs/home-assistant.md", "Known limitations"),
        ("docs-supported-devices", "docs/home-assistant.md", "Supported devices"),
        ("docs-supported-functions", "docs/home-assistant.md", "Entities"),
        ("docs-troubleshooting", "docs/troubleshooting.md", "The set-up says …"),
        ("docs-use-cases", "docs/home-assistant.md", "What it is for"),
    ],
)
def test_every_rule_about_docs_has_its_section(rule: str, file: str, heading: str) -> None:
    rules = yaml.safe_load((HERE / "quality_scale.yaml").read_text())["rules"]
    assert rules[rule] == "done"
    text = (ROOT / file).read_text()
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert len(section) > 100


def test_docs_are_linked_and_their_links_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in ("home-assistant.md", "troubleshooting.md"):
        assert f"(docs/{name})" in readme
        text = (ROOT / "docs" / name).read_text()
        for target in re.findall(r"\]\((?!http)([^)#]+)", text):
            assert (ROOT / "docs" / target).exists(), target


def test_docs_name_every_record_and_every_blueprint() -> None:
    text = (ROOT / "docs" / "home-assistant.md").read_text()
    for record in RECORDS:
        assert f"{record:02X}" in text, hex(record)
    blueprints = (ROOT / "blueprints" / "automation" / DOMAIN).glob("*.yaml")
    assert all(path.name in text for path in blueprints)


def test_docs_name_every_action_and_every_option() -> None:
    text = (ROOT / "docs" / "home-assistant.md").read_text()
    assert all(f"{DOMAIN}.{action}" in text for action in ENGLISH["services"])
    for name in ENGLISH["options"]["step"]["init"]["menu_options"].values():
        assert f"**{name}**" in text


def test_docs_name_every_status_and_every_counter_is_real() -> None:
    text = (ROOT / "docs" / "troubleshooting.md").read_text()
    statuses = ENGLISH["entity"]["sensor"]["reading_status"]["state"]
    assert all(f"| {name} |" in text for state, name in statuses.items() if state != FRESH)
    source = "".join(path.read_text() for path in HERE.rglob("*.py"))
    for counters in re.findall(r"^\| (`.*?`) \|", text, re.M):
        for counter in re.findall(r"`(\w+)`", counters):
            assert f'"{counter}"' in source, counter


def test_workflows_run_what_home_assistant_and_hacs_check_on_every_version() -> None:
    folder = ROOT / ".github" / "workflows"
    workflows = {path.stem: yaml.safe_load(path.read_text()) for path in folder.glob("*.yml")}
    used = {
        step.get("uses", "").partition("@")[0]
        for job in workflows["validate"]["jobs"].values()
        for step in job["steps"]
    }
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= used
    job = workflows["test"]["jobs"]["home-assistant"]
    for folder in ("integration", "frontend"):
        command = f"scripts/test --home-assistant ${{{{ matrix.version }}}} tests/{folder}"
        assert command in [step.get("run") for step in job["steps"]]
    matrix = job["strategy"]["matrix"]
    environments = (ROOT / "scripts" / "toolchain" / "environments.py").read_text()
    (versions,) = re.findall(r"^HOME_ASSISTANT = (\(.*?\))", environments, re.M)
    assert matrix["version"] == list(ast.literal_eval(versions))


def test_every_link_failure_has_words_in_the_flow_and_in_the_setup() -> None:
    reasons = link_reasons()
    assert len(reasons) > 10
    assert set(ENGLISH["config"]["error"]) == reasons
    assert set(ENGLISH["exceptions"]) == reasons | command_reasons()


def command_reasons() -> set[str]:
    """Return every reason why a command was not done."""
    refused = constants("services.py", r"no_such_\w+|not_\w+|foreign_\w+")
    return {*hub.COMMAND_ERRORS.values(), "command_refused", "not_connected", *refused}


def test_every_entity_has_a_name_of_its_own_or_that_of_its_class() -> None:
    for platform, descriptions in ENTITIES.items():
        translated = ENGLISH["entity"][platform]
        named = {one.translation_key for one in descriptions if one.translation_key}
        assert set(translated) == named
        assert all(words["name"] for words in translated.values())
        for one in descriptions:
            assert one.translation_key or one.device_class, one.key
    assert set(ENGLISH["entity"]) == set(ENTITIES)


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_names_that_differ_in_english_differ_in_every_language(path: Path) -> None:
    """Two rows of the same name on one page are a riddle."""
    translated = json.loads(path.read_text())["entity"]
    meant: dict[str, set[str]] = {}
    for platform, entities in ENGLISH["entity"].items():
        for key, words in entities.items():
            meant.setdefault(translated[platform][key]["name"], set()).add(words["name"])
    assert [name for name, english in meant.items() if len(english) > 1] == []


def test_every_state_has_a_name() -> None:
    for description in ALL_SENSORS:
        words = ENGLISH["entity"]["sensor"][description.translation_key]
        if description.device_class is SensorDeviceClass.ENUM:
            assert list(dict.fromkeys(description.options)) == description.options
            assert set(words["state"]) == set(description.options)
        else:
            assert "state" not in words


def test_every_alarm_that_the_display_node_has_is_named() -> None:
    words = ENGLISH["entity"]["event"]["alarm"]["state_attributes"]
    assert set(words["event_type"]["state"]) == set(STATES)
    folder = ROOT / "firmware" / "display"
    rules = (folder / "alarm_rules.py").read_text()
    kinds = set(re.findall(r'"(\w+)", (?:WARNING|CRITICAL)', rules))
    assert len(kinds) >= 8
    assert set(words["kind"]["state"]) == kinds | {"no_data", "test"}
    of_boards = ENGLISH["entity"]["event"]["node_alarm"]["state_attributes"]
    assert set(of_boards["event_type"]["state"]) == set(STATES)
    assert set(of_boards["kind"]["state"]) == {"no_data", "test"}


def test_limits_are_those_that_the_display_node_takes() -> None:
    folder = ROOT / "firmware" / "display"
    theirs = "".join(path.read_text() for path in folder.glob("limit*.py"))
    for description in LIMITS:
        assert f'"{description.key}"' in theirs


def test_screen_is_asked_about_all_that_a_person_would_set_within_what_the_node_takes() -> None:
    table = (ROOT / "firmware" / "display" / "option_table.py").read_text()
    theirs = dict(re.findall(r'"(\w+)": \(\S+ (?:whole|one_of)\((.+?)\)', table))
    ours = {}
    for one in SCREEN_OPTIONS:
        config = one.field.config
        choices = [choice["value"] for choice in config.get("options", [])]
        ends = choices or [f"{one.kept(config['min'])}", f"{one.kept(config['max'])}"]
        ours[one.name] = ", ".join(ends)
    elsewhere = {"brightness", "channel", "wifi_mode"}  # a number; where sensor nodes follow; Wi-Fi
    assert ours == {name: ends for name, ends in theirs.items() if name not in elsewhere}


def test_keys_of_entities_are_unique_and_slugs() -> None:
    for descriptions in (SENSORS, NODE_SENSORS, LIMITS):
        names = [description.key for description in descriptions]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch("[a-z0-9_]+", name) for name in names)


def test_icons_belong_to_entities_and_differ_from_their_default() -> None:
    for platform, icons in ICONS["entity"].items():
        by_key = {one.translation_key: one for one in ENTITIES[platform]}
        for name, icon in icons.items():
            assert name in by_key
            for state, one in icon.get("state", {}).items():
                assert state in getattr(by_key[name], "options", ("on", "off"))
                assert one != icon["default"]
            limits = [float(limit) for limit in icon.get("range", {})]
            assert limits == sorted(limits)
            for attribute, icons_of in icon.get("state_attributes", {}).items():
                assert attribute == "event_type"
                assert set(icons_of["state"]) == set(by_key[name].event_types)


def test_entities_without_a_device_class_have_an_icon() -> None:
    for platform, descriptions in ENTITIES.items():
        for description in descriptions:
            if description.device_class in (None, SensorDeviceClass.ENUM):
                assert description.translation_key in ICONS["entity"][platform], description.key


def test_steps_of_both_flows_have_words() -> None:
    steps = {
        name.removeprefix("async_step_")
        for name in re.findall(r"async_step_\w+", SOURCES["config_flow.py"])
    }
    assert set(ENGLISH["config"]["step"]) == steps
    steps = {name.removeprefix("async_step_") for name in vars(DeviceFlow) if "async_step_" in name}
    assert set(DEVICE["step"]) == steps - {"check", "save"}  # these two show no form
    assert all(words["title"] for words in DEVICE["step"].values())
    assert set(DEVICE["progress"]) == {"listening"}
    assert DEVICE["entry_type"]
    assert set(DEVICE["initiate_flow"]) == {"user", "reconfigure"}


def test_options_have_words() -> None:
    flow = VictronEspnowOptionsFlow
    steps = {name.removeprefix("async_step_") for name in vars(flow) if "async_step_" in name}
    words = ENGLISH["options"]
    assert set(words["step"]) == steps
    menu = words["step"]["init"]
    assert set(menu["menu_options"]) == set(menu["menu_option_descriptions"]) == steps - {"init"}
    assert set(words["error"]) == constants("options_flow.py", r"bad_\w+")
    modes = ENGLISH["selector"]["wifi_mode"]["options"]
    assert set(modes) == {AS_IT_IS, WIFI_OFF, WIFI_STATION, WIFI_POINT}


PANEL = "ui.panel.config"
ENTRY_MENU = f"{PANEL}.integrations.config_entry"
PATH = ("panel.config", f"{PANEL}.dashboard.devices.main")
# Our words that send people somewhere, and what stands there.
WAYS = {
    "options.abort.no_consent": (f"{ENTRY_MENU}.reconfigure",),
    "issues.something_else.description": (*PATH, f"{ENTRY_MENU}.reconfigure"),
    "issues.options_refused.description": (*PATH, f"{ENTRY_MENU}.configure"),
    "issues.invalid_key.fix_flow.abort.key_asked_for": PATH,
}


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_ways_are_named_as_home_assistant_names_them(path: Path) -> None:
    frontend = Path(hass_frontend.__file__).parent / "static" / "translations"
    shown: dict[str, str] = {}
    for part in ("", "config/"):
        (found,) = (frontend / part).glob(f"{path.stem}-{32 * '[0-9a-f]'}.json")
        shown |= json.loads(found.read_text())
    for ours, theirs in WAYS.items():
        words = reduce(
            lambda found, name: found[name], ours.split("."), json.loads(path.read_text())
        )
        assert all(shown[one] in words for one in theirs), ours


def test_actions_have_words_and_icons() -> None:
    actions = yaml.safe_load((HERE / "services.yaml").read_text())
    assert set(actions) == {services.ACKNOWLEDGE, services.TEST_ALARM}
    for name, action in actions.items():
        words = ENGLISH["services"][name]
        assert set(words["fields"]) == set(action["fields"])
        assert all(set(one) == {"name", "description"} for one in words["fields"].values())
        assert ICONS["services"][name]["service"].startswith("mdi:")
    assert set(ENGLISH["selector"]["severity"]["options"]) == set(services.SEVERITIES)


@pytest.mark.parametrize("block", [ENGLISH["config"], ENGLISH["options"], DEVICE])
def test_every_input_is_explained(block: dict[str, Any]) -> None:
    for step in block["step"].values():
        assert set(step.get("data", {})) == set(step.get("data_description", {}))


def test_errors_of_the_device_flow_have_words() -> None:
    pattern = r"already_configured|key_\w+|wrong_key\w*|unreadable|nothing_chosen"
    files = ("device_flow.py", "choosing.py", "key_trial.py", "key_check.py")
    raised = set().union(*(constants(one, pattern) for one in files))
    raised |= {"bad_mac", "key_wrong_length"}  # the reasons of the parsers
    assert set(DEVICE["error"]) == raised


def test_issues_have_words() -> None:
    created = {*issues.LINK_ISSUES, issues.STRANGER, *issues.ENTRY_ISSUES, "invalid_key"}
    created |= {f"{issues.FOREIGN_RADIO}_older"}
    assert set(ENGLISH["issues"]) == created
    for issue, words in ENGLISH["issues"].items():
        assert set(words) == {"title", "fix_flow" if issue == "invalid_key" else "description"}
    flow = ENGLISH["issues"]["invalid_key"]["fix_flow"]
    assert set(flow["step"]) == constants("repairs.py", r"confirm|nonsense")
    assert set(flow["abort"]) == constants("repairs.py", r"device_gone|key_asked_for")


def test_placeholders_are_those_that_the_code_fills() -> None:
    filled = {
        "device", "error", "version", "ours", "mac", "name", "digits", "typed", "used", "owner", "digit",
        "position", "entry", "devices", "cell", "line", "place",
    }  # fmt: skip
    used = {word for leaf in leaves(ENGLISH) for word in re.findall(r"{(\w+)}", leaf)}
    assert used == filled


def test_texts_hold_no_markup_that_home_assistant_would_refuse() -> None:
    for leaf in leaves(ENGLISH):
        assert leaf == leaf.strip()
        assert not re.search(r"<[a-z]|https?://", leaf)


def test_there_are_six_languages() -> None:
    assert [path.stem for path in TRANSLATIONS] == ["de", "en", "es", "fr", "it", "nl"]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_other_languages_have_the_same_keys_and_fill_in_the_same_words(path: Path) -> None:
    theirs = json.loads(path.read_text())
    assert keys(theirs) == keys(ENGLISH)
    for english, text in zip(leaves(ENGLISH), leaves(theirs), strict=True):
        assert text
        assert text == text.strip()
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english)), text
        assert text.count("**") == english.count("**"), text
        assert text.count("\n") == english.count("\n"), text
        # A sentence that is as in English was forgotten.
        assert path.stem == "en" or text != english or english.count(" ") < 4, text


def test_brand_images_are_there() -> None:
    assert (HERE / "brand" / "icon.png").is_file()
    assert (HERE / "brand" / "logo.png").is_file()
