import { describe, expect, it } from 'vitest';
import { renderCampaignHtml } from '../../../src/render/chaos/html/render-campaign-html.ts';
import { renderExperimentHtml } from '../../../src/render/chaos/html/render-experiment-html.ts';
import { campaignReport, experimentReport, tracksReport } from '../../fixtures/chaos-reports.ts';

const experiment = (...changes: Parameters<typeof experimentReport>) =>
  renderExperimentHtml(experimentReport(...changes)).join('\n');

describe('the HTML report of an experiment', () => {
  it('has a chart of each metric: its limit, the time of the fault, and where nothing is known', () => {
    const html = experiment();
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html.match(/class="fault"/g)).toHaveLength(2);
    expect(html.match(/class="bound"/g)).toHaveLength(2);
    expect(html).toContain('errors of web, asked by outside, at most 5%');
    expect(html).toContain('p99 of web, asked by outside, at most 40ms');
    expect(html.match(/class="dot fail"/g)).toHaveLength(1);
    expect(html).toContain('>09:00:47: 30%<');
    expect(html.match(/class="missing"/g)).toHaveLength(1);
    expect(html).toContain('before: always 0%. during: 0% to 30%. after: always 0%.');
  });

  it('has the control beside the experiment where two tracks are compared', () => {
    const html = renderExperimentHtml(tracksReport()).join('\n');
    expect(html.match(/class="stable"/g)).toHaveLength(2);
    expect(html.match(/class="stable-dot"/g)).toHaveLength(5);
    expect(html).toContain('>09:00:47: control 2%<');
    expect(html).toContain('at most 1%, thin and grey: the control');
    expect(html).toContain(
      'during: 0% to 60%, control 0% to 2%. after: always 0%, control no data.',
    );
    expect(html).toMatch(/bad">30% \(control 1%\), fails/);
    expect(experiment()).not.toContain('control');
  });

  it('has a table alone where no course was kept', () => {
    const windows = experimentReport().details.windows.map(({ window, metrics }) => ({
      ...{ window, metrics: metrics.map(({ series: _, ...each }) => each) },
    }));
    const html = experiment({ windows });
    expect(html).not.toContain('<svg');
    expect(html).toMatch(/good">0%, holds.*bad">10%, fails.*waiting">too little data/s);
  });

  it('has room for the limit beside a query that is longer than the chart', () => {
    const { spec } = experimentReport();
    const hypothesis = { answers: { query: `sum(${'x'.repeat(300)})`, atMost: 3 } };
    const html = experiment(
      {},
      { spec: { ...(spec as object), hypothesis, stopConditions: 'none' } },
    );
    expect(html).toMatch(/>sum\(x{40,80}…, at most 3<\/text>/);
  });

  it('draws no fault where nothing was injected', () => {
    const { injectedAtMs: _, removedAtMs: __, ...details } = experimentReport().details;
    const html = renderExperimentHtml({ ...experimentReport(), details }).join('\n');
    expect(html).not.toContain('class="fault"');
  });

  it('is harmless whatever targets, queries and evidence contain', () => {
    const evil = `<script>alert(1)</script>" onload='x'`;
    const { spec, steps = [] } = experimentReport();
    const html = experiment(
      { targets: [{ agent: evil, what: evil }], leftBehind: [evil], owner: evil },
      {
        spec: {
          ...{ ...(spec as object), stopConditions: 'none' },
          hypothesis: { answers: { query: evil, atMost: 1 } },
        },
        steps: steps.map((step) => ({
          ...step,
          evidence: step.evidence.map((each) => ({ ...each, value: evil, source: evil })),
        })),
      },
    );
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|" onload/);
  });
});

describe('the HTML report of a campaign', () => {
  it('has a row for each time of each experiment, by how it ended', () => {
    const html = renderCampaignHtml(campaignReport()).join('\n');
    expect(html).toMatch(/good">Passed.*waiting">Missed.*waiting">Skipped.*bad">Failed/s);
    expect(html).toContain('20% passed, 20% failed, 60% unknown');
    expect(html).toContain('2 of 5: 1 missed, 1 skipped, 1 not reached');
  });

  it('is harmless whatever reasons contain', () => {
    const evil = '<img src=x>';
    const rows = campaignReport().details.rows.map((row) => ({ ...row, reason: evil }));
    const html = renderCampaignHtml(campaignReport({ rows })).join('\n');
    expect(html).not.toContain('<img');
  });
});
