/** Pictures of the kinds of devices: one path each, in a square of 24. */

export const ICONS = {
  alternator: "M13 2 4 14h6l-1 8 9-12h-6z",
  battery: "M8 2v2H4v17h16V4h-4V2zM6 6h12v13H6zm5 2v3H8v2h3v3h2v-3h3v-2h-3V8z",
  charger: "M9 2v6h6V2h2v6h1a1 1 0 0 1 1 1v4a7 7 0 0 1-6 6.9V22h-2v-2.1A7 7 0 0 1 5 13V9a1 1 0 0 1 1-1h1V2z",
  loads: "M9 21h6v2H9zm3-20a7 7 0 0 0-4 12.7V17a1 1 0 0 0 1 1h6a1 1 0 0 0 1-1v-3.3A7 7 0 0 0 12 1z",
  other: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 0 1 8 8h-3a5 5 0 0 0-10 0H4a8 8 0 0 1 8-8zm3 5-2 5a2 2 0 1 1-1.8-.9z",
  solar:
    "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zm-1-6h2v4h-2zm0 18h2v4h-2zM1 11h4v2H1zm18 0h4v2h-4zM4.2 2.8 7 5.6 5.6 7 2.8 4.2zm12.8 14.2 1.4-1.4 2.8 2.8-1.4 1.4zM2.8 19.8 5.6 17 7 18.4l-2.8 2.8zM17 5.6l2.8-2.8 1.4 1.4L18.4 7z",
};

/** @typedef {keyof typeof ICONS} Icon */
