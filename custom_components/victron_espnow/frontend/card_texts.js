/** The words that only the card's form and the dashboard need, and that Home Assistant does not have. */

const EN = {
  boards: "Nodes",
  coverage: "Who hears what, in dBm",
  description: "Sun, mains and alternator, battery and loads. Finds your devices by itself.",
  devices: "Only these devices",
  flow: "System",
  history: "Last 24 hours",
  show: "What is shown",
  tiles: "Devices",
  values: "Values",
  more: "More",
  per_day: "Per day",
};

/** @typedef {typeof EN} CardTexts */

/** @type {Record<string, CardTexts>} */
const TEXTS = {
  en: EN,
  de: {
    boards: "Knoten",
    coverage: "Wer was hört, in dBm",
    description: "Sonne, Netz und Lichtmaschine, Batterie und Verbraucher. Findet Ihre Geräte von selbst.",
    devices: "Nur diese Geräte",
    flow: "Anlage",
    history: "Letzte 24 Stunden",
    show: "Was gezeigt wird",
    tiles: "Geräte",
    values: "Werte",
    more: "Mehr",
    per_day: "Je Tag",
  },
  fr: {
    boards: "Nœuds",
    coverage: "Qui entend quoi, en dBm",
    description: "Soleil, secteur et alternateur, batterie et consommateurs. Trouve vos appareils tout seul.",
    devices: "Seulement ces appareils",
    flow: "Installation",
    history: "Dernières 24 heures",
    show: "Ce qui est affiché",
    tiles: "Appareils",
    values: "Valeurs",
    more: "Plus",
    per_day: "Par jour",
  },
  nl: {
    boards: "Knooppunten",
    coverage: "Wie wat hoort, in dBm",
    description: "Zon, walstroom en dynamo, accu en verbruikers. Vindt uw apparaten vanzelf.",
    devices: "Alleen deze apparaten",
    flow: "Installatie",
    history: "Laatste 24 uur",
    show: "Wat wordt getoond",
    tiles: "Apparaten",
    values: "Waarden",
    more: "Meer",
    per_day: "Per dag",
  },
  es: {
    boards: "Nodos",
    coverage: "Quién oye qué, en dBm",
    description: "Sol, red y alternador, batería y consumos. Encuentra sus dispositivos por sí sola.",
    devices: "Solo estos dispositivos",
    flow: "Instalación",
    history: "Últimas 24 horas",
    show: "Qué se muestra",
    tiles: "Dispositivos",
    values: "Valores",
    more: "Más",
    per_day: "Por día",
  },
  it: {
    boards: "Nodi",
    coverage: "Chi sente che cosa, in dBm",
    description: "Sole, rete e alternatore, batteria e carichi. Trova da sola i dispositivi.",
    devices: "Solo questi dispositivi",
    flow: "Impianto",
    history: "Ultime 24 ore",
    show: "Che cosa mostrare",
    tiles: "Dispositivi",
    values: "Valori",
    more: "Altro",
    per_day: "Al giorno",
  },
};

/**
 * Return the words of a language, English where there are none.
 * @param {string} language
 * @returns {CardTexts}
 */
export function cardTextsOf(language) {
  return TEXTS[language] ?? TEXTS[language.split("-")[0]] ?? EN;
}
