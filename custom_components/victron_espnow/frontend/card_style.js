/** The card in the colours of Home Assistant's theme; whatever is text keeps a contrast of 4.5 in both kinds of themes. */
export const CARD_STYLE = `
:host { display: block; height: 100%;
  --ve-back: var(--ha-card-background, var(--card-background-color, #fff));
  --ve-text: var(--primary-text-color, #141414);
  --ve-muted: color-mix(in srgb, var(--ve-text) 72%, var(--ve-back));
  --ve-track: color-mix(in srgb, var(--ve-text) 14%, var(--ve-back));
  --ve-panel: color-mix(in srgb, var(--ve-text) 5%, var(--ve-back));
  --ve-accent: var(--victron-espnow-accent, #387dc5);
  --ve-warning: #9a5200; --ve-critical: #b3261e; }
:host([dark]) { --ve-accent: var(--victron-espnow-accent, #5b9ade); --ve-warning: #f0962e; --ve-critical: #ff8a80; }
ha-card { box-sizing: border-box; height: 100%; container-type: inline-size; overflow: hidden; }
.body { display: flex; flex-direction: column; gap: 20px; padding: 20px 16px 16px; color: var(--ve-text);
  font-size: 14px; line-height: 1.3; }
.body > [hidden] { display: none; }
h2 { margin: 0; font-size: var(--ha-font-size-xl, 20px); font-weight: 500; }
.notice { margin: 0; color: var(--ve-muted); text-align: center; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); gap: 8px; }
.tile, .board { border: 0; margin: 0; font: inherit; color: inherit; cursor: pointer; background: var(--ve-panel);
  border-radius: 12px; text-align: start; }
.tile:focus-visible, .board:focus-visible { outline: 2px solid var(--ve-accent); outline-offset: 2px; }
.tile { position: relative; overflow: hidden; display: grid; grid-template-columns: 24px 1fr auto; column-gap: 10px;
  align-content: start; align-items: center; padding: 12px 14px 38px; font-variant-numeric: tabular-nums; }
.tile:not(:has(.course[d*=L])) { padding-bottom: 12px; }
.tile .icon { width: 24px; height: 24px; fill: var(--ve-muted); grid-row: 1 / span 2; }
.tile .name, .tile .state { grid-column: 2 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile .name { font-weight: 500; }
.tile .state, .tile .note { font-size: 12px; color: var(--ve-muted); }
.tile .state { grid-row: 2; min-height: 1.3em; }
.tile .quantity { grid-column: 1 / span 2; grid-row: 3; white-space: nowrap; margin-top: 6px; }
.tile .value { font-size: 24px; }
.tile .unit { font-size: 14px; color: var(--ve-muted); }
.tile .note { grid-column: 3; grid-row: 3; margin-top: 10px; text-align: end; white-space: nowrap; }
.tile .cause, .tile .alert { grid-column: 1 / -1; font-size: 12px; font-weight: 500; color: var(--ve-warning); margin-top: 4px; }
.tile .cause:empty, .tile .alert:empty { display: none; }
.tile .alert::before { content: "▲"; margin-inline-end: 6px; font-size: 10px; }
.tile[data-alert] { --side: var(--ve-warning); box-shadow: inset 3px 0 0 var(--side); }
.tile[data-alert]:dir(rtl) { box-shadow: inset -3px 0 0 var(--side); }
.tile[data-alert="critical"] { --side: var(--ve-critical); }
.tile[data-alert="critical"] .alert { color: var(--side); }
.tile[data-lost] .value, .tile[data-lost] .icon { opacity: .6; }
.spark { position: absolute; inset-inline: 0; bottom: 0; width: 100%; height: 32px; }
.spark .course { fill: none; stroke: var(--ve-accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.spark .area { fill: var(--ve-accent); opacity: .14; }
@container (min-width: 720px) {
  .body { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(240px, 1fr); align-items: center; column-gap: 24px; }
  h2, .notice, .boards { grid-column: 1 / -1; }
  .body:has(> .flow[hidden]) .tiles { grid-column: 1 / -1; }
  .body:has(> .tiles[hidden]) .flow { grid-column: 1 / -1; }
  .flow:not([hidden]) ~ .tiles { grid-template-columns: 1fr; }
}
.boards { display: flex; flex-wrap: wrap; gap: 8px; }
.board { display: inline-flex; align-items: center; gap: 8px; padding: 6px 12px; font-size: 12px; border-radius: 16px; }
.board .state { color: var(--ve-muted); }
.board .lamp { width: 8px; height: 8px; border-radius: 50%; background: var(--ve-warning); }
.board[data-there] .lamp { background: var(--ve-accent); }
.board:not([data-there]) .state { color: var(--ve-warning); }
`;
