/** The dashboard: an overview, a page for each device, the nodes and who hears whom, and energy; made of what is found. */

import { cardTextsOf } from "./card_texts.js";
import { POWERS, find } from "./find.js";

/** @import { HomeAssistant } from "./home_assistant.js" */
/** @import { Board, Device, Found } from "./find.js" */
/** @import { CardTexts } from "./card_texts.js" */

const TYPE = "custom:victron-espnow";
const CARD = "custom:victron-espnow-card";
const WIDE = { columns: "full" };
const HALF = { columns: 12 };
const OWN_NAME = { type: "entity" }; // the page says which device it is of

/** @type {Record<string, string>} */
const VIEW_ICONS = {
  alternator: "mdi:engine",
  battery: "mdi:battery",
  charger: "mdi:power-plug",
  loads: "mdi:power-socket",
  other: "mdi:flash",
  solar: "mdi:weather-sunny",
};

const HISTORY = ["state_of_charge", ...POWERS, "battery_voltage"];
const ENERGIES = [
  "solar_energy",
  "charged_energy",
  "discharged_energy",
  "ac_in_energy",
  "ac_out_energy",
  "external_device_energy",
  "energy",
];

/**
 * Return what `strategy: {type: custom:victron-espnow}` makes of a dashboard; each page is made when it is opened.
 * @param {HomeAssistant} hass
 */
export function dashboard(hass) {
  const texts = cardTextsOf(hass.locale.language);
  const { devices, boards } = find(hass);
  const pages = [view("overview", hass.localize("panel.states"), "mdi:caravan")];
  for (const device of devices) pages.push(view(`device-${device.id}`, device.name, VIEW_ICONS[device.kind], device.id));
  if (boards.length) pages.push(view("nodes", texts.boards, "mdi:access-point-network"));
  if (devices.length) pages.push(view("energy", hass.localize("panel.energy"), "mdi:lightning-bolt"));
  return { views: pages };
}

/**
 * Return a page of the dashboard.
 * @param {{ page: string, device?: string }} config
 * @param {HomeAssistant} hass
 */
export function page({ page, device }, hass) {
  const texts = cardTextsOf(hass.locale.language);
  const found = find(hass);
  const one = found.devices.find(({ id }) => id === device);
  if (one) return sections(devicePage(one, hass, texts));
  if (page === "nodes") return sections(nodesPage(found, hass, texts));
  if (page === "energy") return sections(energyPage(found, hass, texts));
  return sections(overviewPage(found, texts));
}

/**
 * @param {string} path
 * @param {string} title
 * @param {string} icon
 * @param {string} [device]
 */
const view = (path, title, icon, device) => ({ path, title, icon, strategy: { type: TYPE, page: path, device } });

/** @param {object[]} all */
const sections = (all) => ({ type: "sections", max_columns: 3, sections: all });

/**
 * @param {string} heading
 * @param {object[]} cards
 * @param {number} [span]
 */
const section = (heading, cards, span = 1) => ({
  type: "grid",
  column_span: span,
  cards: heading ? [{ type: "heading", heading }, ...cards] : cards,
});

/** @param {string[]} entities @param {object} [options] */
const graph = (entities, options = WIDE) => ({
  type: "history-graph",
  hours_to_show: 24,
  entities: entities.map((entity) => ({ entity })),
  grid_options: options,
});

/**
 * Entities one below the other, without inputs: those of Home Assistant's rows have no label for a screen reader.
 * @param {string[]} entities
 * @param {object} [name]
 */
const list = (entities, name = OWN_NAME) => ({
  type: "entities",
  entities: entities.map((entity) => (entity.startsWith("number.") ? { entity, name, type: "simple-entity" } : { entity, name })),
  grid_options: WIDE,
});

/** @param {{ entities: Record<string, string> }} device @param {string[]} keys */
const ids = ({ entities }, keys) => keys.map((key) => entities[`sensor.${key}`]).filter(Boolean);

/**
 * @param {Found} found
 * @param {CardTexts} texts
 */
function overviewPage({ devices }, texts) {
  const system = section("", [{ type: CARD, grid_options: WIDE }], 2);
  const charge = devices.flatMap((device) => ids(device, ["state_of_charge"]));
  const powers = devices.flatMap((device) => ids(device, POWERS).slice(0, 1));
  const graphs = [powers, charge].filter(({ length }) => length).map((entities) => graph(entities, HALF));
  return graphs.length ? [system, section(texts.history, graphs, 2)] : [system];
}

/**
 * @param {Device} device
 * @param {HomeAssistant} hass
 * @param {CardTexts} texts
 */
function devicePage(device, hass, texts) {
  const own = Object.values(hass.entities).filter((entry) => entry.device_id === device.id && !entry.hidden);
  /** @param {string | undefined} category @param {string[]} domains */
  const of = (category, domains) =>
    own
      .filter((entry) => entry.entity_category === category && domains.includes(entry.entity_id.split(".")[0]))
      .map((entry) => entry.entity_id);
  const values = of(undefined, ["sensor"]);
  const graphs = ids(device, HISTORY).map((entity) => graph([entity]));
  const complaints = of(undefined, ["binary_sensor", "event"]);
  const rest = [...complaints, ...of("diagnostic", ["sensor", "binary_sensor"])];
  const settings = of("config", ["number", "button"]);
  const large = { type: CARD, devices: [device.id], show: ["tiles"], grid_options: WIDE };
  return [
    section(device.name, [large, ...headed(texts.values, values), ...headed(hass.localize("panel.config"), settings)]),
    section(texts.history, [...graphs, ...headed(texts.more, rest)]),
  ];
}

/** @param {string} heading @param {string[]} entities */
const headed = (heading, entities) => (entities.length ? [{ type: "heading", heading }, list(entities)] : []);

/**
 * @param {Found} found
 * @param {HomeAssistant} hass
 * @param {CardTexts} texts
 */
function nodesPage({ boards }, hass, texts) {
  const table = coverage(boards, texts);
  const each = boards.map((board) => {
    const own = Object.values(hass.entities).filter((entry) => entry.device_id === board.id && !entry.hidden);
    return section(board.name, [list(own.map((entry) => entry.entity_id))]);
  });
  const cover = { type: "markdown", content: table, grid_options: WIDE };
  return table ? [section(texts.coverage, [cover]), ...each] : each;
}

/**
 * Return a table of who hears whom how well, as a template: it is filled in as the values change.
 * @param {Board[]} boards
 * @param {CardTexts} texts
 */
function coverage(boards, texts) {
  const sensors = boards.filter(({ entities }) => "sensor.devices_heard" in entities);
  if (!sensors.length) return "";
  const heard = sensors.map(({ entities }) => `state_attr('${entities["sensor.devices_heard"]}', 'signals') or {}`);
  const names = sensors.map(({ name }) => name.replaceAll("|", "/"));
  return `{% set heard = [${heard.map((one) => `(${one})`).join(", ")}] %}
| ${texts.tiles} | ${names.join(" | ")} |
|:--|${names.map(() => "--:").join("|")}|
{% for name in heard | map('list') | sum(start=[]) | unique | sort -%}
| ${"{{ name | replace('|', '/') }}"} |{% for one in heard %} ${"{{ one.get(name, '–') }}"} |{% endfor %}
{% endfor %}`;
}

/**
 * @param {Found} found
 * @param {HomeAssistant} hass
 * @param {CardTexts} texts
 */
function energyPage({ devices }, hass, texts) {
  const today = devices.flatMap((device) => ids(device, ["yield_today"]));
  const each = devices
    .map((device) => ({ device, entities: ids(device, ENERGIES) }))
    .filter(({ entities }) => entities.length)
    .map(({ device, entities }) =>
      section(device.name, [
        {
          type: "statistics-graph",
          title: texts.per_day,
          chart_type: "bar",
          period: "day",
          days_to_show: 14,
          stat_types: ["change"],
          entities,
          grid_options: WIDE,
        },
        list(entities),
      ]),
    );
  return today.length ? [section(hass.localize("panel.energy"), [list(today, [{ type: "device" }, OWN_NAME])]), ...each] : each;
}
