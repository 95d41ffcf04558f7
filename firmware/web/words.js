/** The words of the node's page beside those of the drawings. */

import { textsOf } from "../../custom_components/victron_espnow/frontend/texts.js";

/** Victron's device states, by their codes; what is missing here is seldom and goes without a word. */
const CODES = [0, 2, 3, 4, 5, 6, 7, 8, 9, 244, 245, 247, 252];

const KINDS = [
  "soc_low",
  "soc_critical",
  "voltage_low",
  "voltage_high",
  "device_alarm",
  "device_warning",
  "charger_error",
  "device_error",
  "test",
];

/**
 * The words in one order for all languages: states and alarms by CODES and KINDS.
 * @typedef {[states: string, alarms: string, unset: string, unheard: string, missing: string, unproved: string, silent: string,
 *   next: string, waiting: string, host: string, never: string, running: string, seen: string, close: string]} Row
 */

/** @type {Record<string, Row>} */
const ROWS = {
  en: [
    "off|fault|bulk|absorption|float|storage|equalize|pass-through|inverting|sustain|starting|recondition|external control",
    "Low charge|Very low charge|Low voltage|High voltage|Device alarm|Device warning|Charger error|Device error|Test alarm",
    "Not set up yet: connect it to Home Assistant by USB",
    "Waiting for a sensor node",
    "no key yet, add it in Home Assistant",
    "checking the key",
    "display node does not answer",
    "next try in {}",
    "Asking the display node …",
    "Home Assistant: {}",
    "not heard yet",
    "running for {}",
    "seen",
    "Close",
  ],
  de: [
    "aus|Störung|Hauptladung|Absorption|Erhaltung|Lagerung|Ausgleich|Durchleitung|Wechselrichter|Halten|startet|Auffrischung|fremdgesteuert",
    "Ladung niedrig|Ladung sehr niedrig|Spannung niedrig|Spannung hoch|Gerätealarm|Gerätewarnung|Fehler im Ladegerät|Gerätefehler|Probealarm",
    "Noch nicht eingerichtet: über USB mit Home Assistant verbinden",
    "Wartet auf einen Sensorknoten",
    "noch kein Schlüssel, in Home Assistant ergänzen",
    "prüft den Schlüssel",
    "Anzeigeknoten antwortet nicht",
    "nächster Versuch in {}",
    "Frage den Anzeigeknoten …",
    "Home Assistant: {}",
    "noch nicht gehört",
    "läuft seit {}",
    "gesehen",
    "Schließen",
  ],
  fr: [
    "arrêt|défaut|bulk|absorption|float|stockage|égalisation|passage direct|onduleur|maintien|démarrage|reconditionnement|commande externe",
    "Charge faible|Charge très faible|Tension basse|Tension haute|Alarme de l’appareil|Avertissement de l’appareil|Erreur du chargeur|Erreur de l’appareil|Alarme d’essai",
    "Pas encore configuré : reliez-le à Home Assistant par USB",
    "En attente d’un nœud capteur",
    "pas encore de clé, à ajouter dans Home Assistant",
    "vérification de la clé",
    "le nœud d’affichage ne répond pas",
    "nouvel essai dans {}",
    "Interrogation du nœud d’affichage …",
    "Home Assistant : {}",
    "pas encore entendu",
    "en marche depuis {}",
    "vu",
    "Fermer",
  ],
  nl: [
    "uit|storing|bulk|absorptie|float|opslag|egaliseren|doorlaten|omvormer|behoud|start|reconditioneren|externe regeling",
    "Lading laag|Lading zeer laag|Spanning laag|Spanning hoog|Apparaatalarm|Apparaatwaarschuwing|Laderfout|Apparaatfout|Testalarm",
    "Nog niet ingesteld: verbind via USB met Home Assistant",
    "Wacht op een sensornode",
    "nog geen sleutel, toevoegen in Home Assistant",
    "sleutel wordt gecontroleerd",
    "displaynode antwoordt niet",
    "nieuwe poging over {}",
    "Displaynode wordt gevraagd …",
    "Home Assistant: {}",
    "nog niet gehoord",
    "draait al {}",
    "gezien",
    "Sluiten",
  ],
  es: [
    "apagado|fallo|bulk|absorción|flotación|almacenamiento|ecualización|paso directo|inversor|mantenimiento|arrancando|reacondicionamiento|control externo",
    "Carga baja|Carga muy baja|Tensión baja|Tensión alta|Alarma del dispositivo|Aviso del dispositivo|Error del cargador|Error del dispositivo|Alarma de prueba",
    "Aún sin configurar: conéctelo a Home Assistant por USB",
    "Esperando un nodo sensor",
    "aún sin clave, añádala en Home Assistant",
    "comprobando la clave",
    "el nodo de pantalla no responde",
    "nuevo intento en {}",
    "Preguntando al nodo de pantalla …",
    "Home Assistant: {}",
    "aún sin noticias",
    "en marcha desde hace {}",
    "visto",
    "Cerrar",
  ],
  it: [
    "spento|guasto|bulk|assorbimento|mantenimento|riposo|equalizzazione|passante|inverter|sostegno|avvio|ricondizionamento|controllo esterno",
    "Carica bassa|Carica molto bassa|Tensione bassa|Tensione alta|Allarme del dispositivo|Avviso del dispositivo|Errore del caricabatterie|Errore del dispositivo|Allarme di prova",
    "Non ancora configurato: collegarlo a Home Assistant via USB",
    "In attesa di un nodo sensore",
    "ancora nessuna chiave, aggiungerla in Home Assistant",
    "verifica della chiave",
    "il nodo display non risponde",
    "nuovo tentativo tra {}",
    "Chiedo al nodo display …",
    "Home Assistant: {}",
    "non ancora sentito",
    "attivo da {}",
    "visto",
    "Chiudi",
  ],
};

/** What is left out of the page and fetched by those who want it (firmware/image/page.py). */
const FETCHED = ["de", "es", "fr", "it", "nl"];

/**
 * Return all words of a language, English if they cannot be had.
 * @param {string} language such as "de" or "de-CH"
 */
export async function fetchWords(language) {
  const [code] = language.split("-");
  if (!FETCHED.includes(code) || code in ROWS) return wordsOf(textsOf(code), ROWS[code]);
  try {
    const { texts, row } = await (await fetch(`/words/${code}`)).json();
    return wordsOf(texts, row);
  } catch {
    return wordsOf(textsOf("en"), ROWS.en);
  }
}

/**
 * @param {import("../../custom_components/victron_espnow/frontend/texts.js").Texts} texts
 * @param {Row} [row]
 */
function wordsOf(texts, row = ROWS.en) {
  const [states, alarms, unset, unheard, key_missing, key_unproved, silent, next, waiting, host, never, running, seen, close] = row;
  return {
    ...texts,
    usb: silent,
    other: "",
    states: named(CODES, states),
    alarms: named(KINDS, alarms),
    /** Why nothing of a device can be drawn. @type {Record<string, string>} */
    causes: { key_missing, key_unproved },
    unset,
    unheard,
    next,
    waiting,
    host,
    never,
    running,
    seen,
    close,
  };
}

/** @typedef {ReturnType<typeof wordsOf>} Words */

/**
 * @param {(string | number)[]} names
 * @param {string} words
 * @returns {Record<string, string>}
 */
function named(names, words) {
  const parts = words.split("|");
  return Object.fromEntries(names.map((name, index) => [name, parts[index]]));
}
