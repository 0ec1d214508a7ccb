export const htmlStyle = `
:root { color-scheme: light dark; --ink: #111827; --soft: #4b5563; --paper: #f6f7f9; --card: #ffffff;
  --line: #e5e7eb; --good: #15803d; --bad: #b91c1c; --waiting: #a16207; --open: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f3f4f6; --soft: #b6bcc6; --paper: #0d0f13; --card: #16191f;
    --line: #2d323b; --good: #4ade80; --bad: #f87171; --waiting: #facc15; --open: #7aa7ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; line-height: 1.3; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem 1.25rem; margin-bottom: 1rem; }
header p { margin: .5rem 0 0; }
.standing { display: inline-block; border: 1px solid; border-radius: 999px; padding: 0 .7rem;
  font-weight: 600; }
.reason { font-size: 1.05rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.waiting { color: var(--waiting); } .open { color: var(--open); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 1rem 0 0; }
dt, .soft, footer { color: var(--soft); } dd { margin: 0; }
ul { margin: 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.fixed { white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { min-width: 16rem; overflow-wrap: anywhere; }
figure { margin: 0 0 1.25rem; } figure:last-child { margin-bottom: 0; }
figure svg { display: block; min-width: 100%; height: auto; }
details { margin-top: .25rem; } summary { cursor: pointer; color: var(--soft); }
footer { font-size: .85rem; }
@media print { section, header { break-inside: avoid; } body { background: none; } }`;
