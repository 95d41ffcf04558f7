/**
 * The same where Home Assistant has to load it by itself, because Lovelace's resources are kept in YAML.
 *
 * Before 2026.11 such modules run while the app is still about to put another registry of elements in the place of the
 * browser's; what is defined earlier is lost. As soon as the app's own element exists, that is over.
 */
customElements.whenDefined("home-assistant").then(() => import("./victron-espnow.js"));
