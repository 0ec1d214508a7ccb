import { escapeMarkup } from '../escape-markup.ts';
import { element } from '../markup.ts';
import { utcMoment } from '../moment.ts';
import { htmlStyle } from './html-style.ts';

/** One HTML file that needs nothing else: no scripts, and a policy that would stop any. */
export function htmlPage(title: string, parts: readonly string[], writtenAtMs: number): string {
  const footer = element(
    'footer',
    {},
    `Written ${utcMoment(writtenAtMs)} by Belay. All times are UTC.`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${htmlStyle}
</style>
</head>
<body>
<main>
${[...parts, footer].filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

/** Nothing where there is nothing to say. */
export function htmlSection(title: string, content: string | false): string {
  return content ? element('section', {}, element('h2', {}, title), content) : '';
}

export function htmlFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const entries = facts.flatMap(([name, value]) => [
    element('dt', {}, escapeMarkup(name)),
    element('dd', {}, escapeMarkup(value)),
  ]);
  return element('dl', {}, ...entries);
}

export function htmlList(items: readonly string[]): string {
  return element('ul', {}, ...items.map((item) => element('li', {}, escapeMarkup(item))));
}
