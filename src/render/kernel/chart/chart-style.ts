/** Colours for light and dark, told apart by strength too where two lines could be confused. */
export const chartStyle = `
.belay-chart text { font-family: system-ui, sans-serif; font-size: 12px; fill: #4b5563; }
.belay-chart .name { font-weight: 600; font-size: 14px; fill: #111827; }
.belay-chart .stage { font-weight: 600; fill: #111827; }
.belay-chart .halo { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
.belay-chart .small, .belay-chart .note { font-size: 11px; }
.belay-chart .paper { fill: #ffffff; }
.belay-chart .grid { stroke: #e5e7eb; }
.belay-chart .edge { stroke: #9ca3af; stroke-dasharray: 1 3; }
.belay-chart .judged { fill: none; stroke: #1d4ed8; stroke-width: 2; stroke-linejoin: round; }
.belay-chart .stable { fill: none; stroke: #78716c; stroke-width: 1.25; stroke-linejoin: round; }
.belay-chart .bound { stroke: #b91c1c; stroke-width: 1.25; stroke-dasharray: 6 4; }
.belay-chart .dot { fill: #1d4ed8; }
.belay-chart .fail { fill: #b91c1c; }
.belay-chart .stable-dot { fill: #78716c; }
.belay-chart .missing { stroke: #9ca3af; stroke-width: 3; }
.belay-chart .decided { fill: none; stroke: #b91c1c; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  .belay-chart text { fill: #b6bcc6; }
  .belay-chart .name, .belay-chart .stage { fill: #f3f4f6; }
  .belay-chart .halo { stroke: #16191f; }
  .belay-chart .paper { fill: #16191f; }
  .belay-chart .grid { stroke: #2d323b; }
  .belay-chart .edge { stroke: #6b7280; }
  .belay-chart .judged { stroke: #7aa7ff; }
  .belay-chart .stable { stroke: #a8a29e; }
  .belay-chart .bound, .belay-chart .decided { stroke: #f87171; }
  .belay-chart .dot { fill: #7aa7ff; }
  .belay-chart .fail { fill: #f87171; }
  .belay-chart .stable-dot { fill: #a8a29e; }
  .belay-chart .missing { stroke: #6b7280; }
}`;
