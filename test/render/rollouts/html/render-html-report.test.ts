import { describe, expect, it } from 'vitest';
import { renderHtmlReport } from '../../../../src/render/rollouts/html/render-html-report.ts';
import { viewOfReport, viewOfStatus } from '../../../../src/render/rollouts/html/report-view.ts';
import type { ReportChanges } from '../../../fixtures/rollout-report.ts';
import { closedReport, noon, openStatus } from '../../../cli/rollout-examples.ts';

const ofClosed = (changes: ReportChanges = {}) =>
  renderHtmlReport(viewOfReport(closedReport(changes)), noon);
const ofOpen = (changes: Parameters<typeof openStatus>[0] = {}) =>
  renderHtmlReport(viewOfStatus(openStatus(changes)), noon);

/** Every string of a value replaced, but those that the types know. */
function poison<T>(value: T, evil: string, keep: readonly string[]): T {
  if (Array.isArray(value)) return value.map((each) => poison(each as unknown, evil, keep)) as T;
  if (typeof value === 'string') return evil as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      keep.includes(key) ? (each as unknown) : poison(each as unknown, evil, keep),
    ]),
  ) as T;
}

describe('the HTML report of a closed rollout', () => {
  it('says how it ended and why, stage by stage', () => {
    const html = ofClosed();
    expect(html).toContain('<h1>demo/shop  v2 → v3</h1>');
    expect(html).toContain('<span class="standing bad">RolledBack</span>');
    expect(html).toContain('at 20 %: error-rate 31.4% is above 1%');
    expect(html).toContain('2025-01-02 12:12:30Z, after 12m30s');
    expect(html).toMatch(/✗ 20 %.*bad">fail.*1,204.*error-rate 31.4% is above 1%/s);
  });

  it('gives every reason of a verdict a line of its own', () => {
    const [passed] = closedReport().details.stages;
    const verdict = { kind: 'pass' as const, reasons: ['error-rate: fine; sure', 'p99: fine'] };
    expect(ofClosed({ stages: [{ ...passed!, verdict }] })).toContain(
      '<div>error-rate: fine; sure</div><div>p99: fine</div>',
    );
  });

  it('says who did what, what was undone and what could not be', () => {
    const html = ofClosed();
    expect(html).toMatch(/ana@desk.*deploy.*“the sale”/s);
    expect(html).toMatch(/remove the canary.*bad">failed.*no answer/s);
    expect(html).toContain('<li>the smoke test was | slow</li>');
  });

  it('has a chart and the figures of every metric', () => {
    const html = ofClosed();
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).toContain('The figures of p99');
    expect(html).toContain('only 3 requests');
  });

  it('draws the bounds that the spec says', () => {
    const spec = {
      service: 'shop',
      environment: 'demo',
      target: { platform: 'local' },
      release: { version: 'v3', command: ['node', 'server.js'] },
      metrics: [{ name: 'error-rate', max: '3%' }],
    };
    expect(ofClosed({ spec })).toContain('>max 3 %</text>');
    expect(ofClosed({ spec: undefined })).not.toContain('class="bound"');
  });

  it('leaves out what there is nothing to say of', () => {
    const html = ofClosed({ stages: [], people: [], undo: [], notes: [] });
    expect(html).not.toContain('<section>');
  });
});

describe('the HTML report of an open rollout', () => {
  it('says where it stands and what it waits for', () => {
    const html = ofOpen({ phase: 'paused', now: 'Paused by ana@desk' });
    expect(html).toContain('<span class="standing waiting">paused</span>');
    expect(html).toContain('Paused by ana@desk');
    expect(html).not.toContain('<dt>Ended</dt>');
  });

  it('draws the bounds that the rollout is judged by', () => {
    expect(ofOpen()).toContain('>max 500ms</text>');
  });

  it('says what would be undone', () => {
    expect(ofOpen()).toMatch(/<h2>Undo<\/h2>.*remove the canary.*armed/s);
  });
});

describe('the HTML report', () => {
  const known = ['kind', 'state', 'outcome', 'phase', 'result', 'measure', 'tallies'];
  const evil = `<script>alert(1)</script>" onload='x' <!-- ]]> &lt;`;

  it.each([
    ['a closed', () => renderHtmlReport(viewOfReport(poison(closedReport(), evil, known)), noon)],
    ['an open', () => renderHtmlReport(viewOfStatus(poison(openStatus(), evil, known)), noon)],
  ])('of %s rollout is harmless whatever names, reasons and remarks contain', (_title, render) => {
    const html = render();
    expect(html).not.toMatch(/<script|<!-- |]]>|" onload|&lt; *<\/?script/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;');
    expect(html).toContain('&amp;lt;');
  });

  it('loads nothing and runs nothing', () => {
    const html = ofClosed();
    expect(html).not.toMatch(/\b(src|href)=|url\(|@import/);
    expect(html).toContain("default-src 'none'");
  });

  it('gives every element an ID of its own', () => {
    const ids = [...ofClosed().matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('closes every element that it opens', () => {
    const open: string[] = [];
    const isEmpty = /^(meta|!doctype)$/i;
    for (const [, slash, name = '', self] of ofClosed().matchAll(
      /<(\/?)([a-z!][\w-]*)(?:[^>"]|"[^"]*")*?(\/?)>/gi,
    )) {
      if (isEmpty.test(name) || self) continue;
      if (slash) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});
