import { describe, expect, it } from 'vitest';
import { renderExperimentReport } from '../../../src/render/chaos/render-experiment-report.ts';
import { experimentReport, tracksReport } from '../../fixtures/chaos-reports.ts';

const report = (...changes: Parameters<typeof experimentReport>) =>
  renderExperimentReport(experimentReport(...changes)).join('\n\n');

describe('the report of an experiment', () => {
  it('says what was asked, what was measured before, during and after, and what became of the fault', async () => {
    await expect(report()).toMatchFileSnapshot('./golden/experiment.md');
  });

  it('says that nothing was injected where the steady state did not hold', () => {
    const { windows } = experimentReport().details;
    const {
      injectedAtMs: _,
      removedAtMs: __,
      recoveredAfterMs: ___,
      ...rest
    } = experimentReport().details;
    const text = renderExperimentReport({
      ...experimentReport(),
      ...{ details: { ...rest, windows: windows.slice(0, 1) }, steps: [] },
    }).join('\n\n');
    expect(text).toContain(
      '| answers | errors of web, asked by outside | at most 5% | 0%, holds |  |  |',
    );
    expect(text).toContain('- Injected: nothing');
    expect(text).not.toMatch(/Gone|Recovered/);
  });

  it('names what was left behind, and never says that it is gone', () => {
    const text = report({ leftBehind: ['web-2: its removal was not confirmed'] });
    expect(text).toContain('- Left behind: web-2: its removal was not confirmed');
    expect(text).not.toContain('- Gone:');
  });

  it('says why it did not recover, and of one that was cancelled no more than that nobody saw it', () => {
    const { recoveredAfterMs: _, ...details } = experimentReport().details;
    const recovery = (more: object) =>
      renderExperimentReport({ ...experimentReport(), details: { ...details, ...more } }).join(
        '\n',
      );
    const notRecovered = 'web-1 was not seen to run within 5m: state T';
    expect(recovery({ notRecovered })).toContain(`- Recovered: no: ${notRecovered}`);
    expect(recovery({})).toContain('- Recovered: not seen');
  });

  it('shows what was measured where the spec cannot be read', () => {
    const text = report({}, { spec: { kind: 'chaosExperiment', fault: 'of another version' } });
    expect(text).toContain('- Fault: freeze');
    expect(text).toContain('| answers |  |  | holds | fails | holds |');
    expect(text).toContain('- answers, during: 10% is above 5% (30 samples)');
  });

  it('says of two tracks what is done to requests, and how many met it', () => {
    const text = renderExperimentReport(tracksReport()).join('\n\n');
    expect(text).toContain(
      '- Fault: latency: each request is 200ms late, 50ms more or less, for 30s',
    );
    expect(text).toContain(
      '- Target: one of two tracks of web, 10% of the requests each, 1 replica each',
    );
    expect(text).toContain('- Blast radius: at most 500 requests of the experiment track');
    expect(text).toContain('- Requests that met it: 312');
    expect(text).toContain('a track of staging/web (v1, 2 of 2 replicas are ready)');
    expect(text).toContain(
      '| quick | requests above 500ms, experiment against control | no worse than the control, at most 1% | 0% (control 0%), holds | 30% (control 1%), fails |',
    );
  });

  it('keeps a row on its line, whatever a target or a query is called', () => {
    const query = { orders: { query: 'sum(a | b)\n > 1', atMost: 3 } };
    const { spec } = experimentReport();
    const text = report(
      {},
      { spec: { ...(spec as object), hypothesis: query, stopConditions: 'none' } },
    );
    expect(text).toContain('| orders | sum(a \\| b) > 1 | at most 3 |');
  });
});
