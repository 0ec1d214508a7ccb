import type { StatusPage } from '../../../../contracts/objectives/status-page.ts';
import { escapeMarkup } from '../../../kernel/escape-markup.ts';
import { htmlStyle } from '../../../kernel/html/html-style.ts';
import { barsStyle } from '../../html/bars-style.ts';
import { element } from '../../../kernel/markup.ts';
import { momentIn } from '../../moment-in.ts';

const style = `${htmlStyle}${barsStyle}
main { max-width: 52rem; }
a { color: var(--open); } a:focus-visible, summary:focus-visible { outline: 3px solid var(--open);
  outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: .5rem; }
.row { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.row h3, .row p { margin: 0; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.service { padding: .75rem 0; border-top: 1px solid var(--line); }
.service:first-of-type { border-top: 0; padding-top: 0; }
.ends { display: flex; justify-content: space-between; gap: .5rem; color: var(--soft); font-size: .85rem; }
.ends span { white-space: nowrap; }
.bars { height: 34px; margin: .35rem 0 .15rem; }
.operational { color: var(--good); } .major_outage, .partial_outage { color: var(--bad); }
.degraded_performance { color: var(--waiting); } .under_maintenance { color: var(--open); }
.no_data { color: var(--soft); }
.state { font-weight: 600; white-space: nowrap; }
header.major_outage, header.partial_outage { border-color: var(--bad); }
header.operational { border-color: var(--good); } header h1 { color: var(--ink); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; padding: 0; margin: .75rem 0 0;
  list-style: none; }
.key svg { width: 12px; height: 12px; margin: 0 .35rem 0 0; display: inline-block; vertical-align: -1px; }
article { margin: 0 0 1rem; } article:last-child { margin: 0; }
nav { margin: 0 0 1rem; } time { white-space: nowrap; }
`;

/** A page of the site. `root`: where the site's first page is from here. */
export function statusHtml(
  page: StatusPage,
  { title, root, parts }: { title: string; root: string; parts: readonly string[] },
): string {
  const written = element(
    'time',
    { datetime: new Date(page.writtenAtMs).toISOString() },
    momentIn(page.zone, page.writtenAtMs),
  );
  const footer = element(
    'footer',
    {},
    `As of ${written}, ${escapeMarkup(page.zone)}, which is the zone of all times here. `,
    element('a', { href: `${root}feed.atom` }, 'Atom feed'),
    ' · ',
    element('a', { href: `${root}history.html` }, 'History'),
    ' · ',
    element('a', { href: `${root}api/v2/summary.json` }, 'JSON'),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<link rel="alternate" type="application/atom+xml" title="${escapeMarkup(page.name)}" href="${root}feed.atom">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#services">To the services</a>
<main>
${[...parts, footer].filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}
