/**
 * How the drawing looks. Whoever shows it sets the colours:
 * --ve-text, --ve-muted, --ve-track, --ve-accent, --ve-warning, --ve-critical, --ve-panel.
 */
export const STYLE = `
.flow { position: relative; display: grid; gap: 32px; align-items: center; justify-items: center;
  font-variant-numeric: tabular-nums; }
.flow[data-way="across"] { grid-template-columns: minmax(84px, 132px) minmax(128px, 240px) minmax(84px, 132px);
  gap: clamp(24px, 7%, 56px); justify-content: center; }
.flow [hidden] { display: none; }
.flow button { position: relative; border: 0; margin: 0; background: none; color: inherit; font: inherit; cursor: pointer;
  border-radius: 12px; }
.flow button:focus-visible { outline: 2px solid var(--ve-accent); outline-offset: 2px; }
.lines, .dots { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
.dots { z-index: 1; contain: strict; }
.line { fill: none; stroke: var(--ve-track); stroke-width: 2; }
.flowing .line { stroke: var(--ve-accent); }
.arrow { fill: var(--ve-accent); }
.dot { position: absolute; top: -3px; left: -3px; width: 6px; height: 6px; border-radius: 50%; background: var(--ve-accent);
  will-change: transform; }
.sources { display: flex; flex-flow: row wrap; justify-content: center; gap: 12px; width: 100%; }
.sources .node, .loads { flex: 1 1 76px; max-width: 130px; }
[data-way="across"] .sources { flex-direction: column; }
[data-way="across"] .sources .node { flex: none; max-width: none; }
.ring { padding: 0; width: 100%; max-width: 200px; }
[data-way="across"] .ring { max-width: none; }
.ring .cause { display: block; font-size: 14px; color: var(--ve-warning); }
.ring svg { display: block; width: 100%; }
.ring path { fill: none; stroke-width: 14; stroke-linecap: round; }
.track { stroke: var(--ve-track); }
.level { stroke: var(--ve-accent); }
[data-level="warning"] .level { stroke: var(--ve-warning); }
[data-level="critical"] .level { stroke: var(--ve-critical); }
[data-level="unknown"] .level { stroke: none; }
.ring text { fill: var(--ve-text); text-anchor: middle; white-space: pre; }
.ring .large { font-size: 52px; font-weight: 500; }
.ring .unit { font-size: 20px; fill: var(--ve-muted); }
.ring .medium { font-size: 20px; }
.ring .small { font-size: 14px; }
.ring .muted { fill: var(--ve-muted); }
.flow .node { display: grid; justify-items: center; gap: 1px; padding: 10px 6px; background: var(--ve-panel); min-width: 0;
  width: 100%; box-sizing: border-box; }
.node svg { width: 24px; height: 24px; fill: var(--ve-muted); }
.node .name, .node .state { max-width: 100%; overflow: hidden; text-overflow: ellipsis; font-size: 12px; color: var(--ve-muted); }
.node .value { font-size: 20px; }
.node .unit { font-size: 12px; color: var(--ve-muted); }
.node[data-lost] .value { color: var(--ve-muted); }
.node[data-lost] .state { color: var(--ve-warning); white-space: normal; }
`;
