import { describe, expect, it } from 'vitest';
import { renderEnd } from '../../src/cli/render/end.ts';
import { renderHistory, renderList } from '../../src/cli/render/lists.ts';
import { noPaint, paintFor } from '../../src/cli/render/page.ts';
import { renderPlanPage } from '../../src/cli/render/plan-page.ts';
import { renderServicePage } from '../../src/cli/render/service-page.ts';
import { renderStatusPage, renderWatchFrame } from '../../src/cli/render/status-page.ts';
import { renderReport } from '../../src/render/rollouts/render-report.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import {
  canaryService,
  closedReport,
  noon,
  openStatus,
  page,
  restingService,
} from './rollout-examples.ts';

const golden = (name: string) => `./golden/${name}`;
const shop = { environment: 'demo', service: 'shop' };

describe('what an operator reads', () => {
  it('shows an open rollout whole: stages, measurements, replicas, people, undo, choices', async () => {
    const text = renderStatusPage(openStatus(), page, canaryService);
    await expect(text).toMatchFileSnapshot(golden('status.txt'));
  });

  it('shows a stopped clock and the person it waits for', async () => {
    const [passed, held, ...rest] = openStatus().stages;
    const { holdEndsAtMs: _running, ...stopped } = { ...held!, holdLeftMs: 300_000 };
    const paused = openStatus({
      phase: 'paused',
      now: 'Paused by ana@desk; metrics may still abort',
      accepts: ['promote', 'resume', 'abort'],
      stages: [passed!, stopped, ...rest],
      people: [],
    });
    await expect(renderStatusPage(paused, page)).toMatchFileSnapshot(golden('status-paused.txt'));
  });

  it('shows until when an approval can be given', () => {
    const [passed, held, ...rest] = openStatus().stages;
    const { holdEndsAtMs: _over, ...waiting } = {
      ...held!,
      needsApproval: { by: ['ana'], until: noon + 14_400_000 },
    };
    const status = openStatus({ phase: 'awaiting-approval', stages: [passed!, waiting, ...rest] });
    expect(renderStatusPage(status, page)).toMatch(/20 %.*approval until 16:00:00/);
  });

  it('shows only what moves while it is watched', async () => {
    await expect(renderWatchFrame(openStatus(), page)).toMatchFileSnapshot(golden('watch.txt'));
  });

  it('shows a service at rest with the revisions that can be brought back', async () => {
    const text = renderServicePage(restingService, page);
    await expect(text).toMatchFileSnapshot(golden('service.txt'));
  });

  it('shows what a canary would do before it does it', async () => {
    const resolution = resolveSpecInput('canary', {
      service: 'shop',
      environment: 'demo',
      target: { platform: 'local' },
      release: { version: 'v2', command: ['node', 'server.js'] },
      replicas: 4,
      stages: [
        { weight: 5, hold: '10m', smoke: { path: '/health', expect: 200 } },
        { weight: 20, hold: '20m', approval: { by: ['ana', 'bo'], timeout: '4h' } },
      ],
      metrics: [{ name: 'error-rate', max: '1%' }],
    });
    if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
    const settings = {
      blindTimeMs: 30_000,
      actTimeoutMs: 1,
      actBudgetMs: 1,
      undoBudgetMs: 1,
      unwatchedLimitMs: 1,
      retryIntervalMs: 1,
    };
    const text = renderPlanPage(resolution.spec, settings, noPaint);
    await expect(text).toMatchFileSnapshot(golden('plan.txt'));
  });

  it('reports a closed rollout as Markdown whose tables hold whatever the reasons contain', async () => {
    const text = renderReport(closedReport());
    expect(text).toContain('the smoke test was \\| slow');
    await expect(text).toMatchFileSnapshot(golden('report.md'));
  });

  it('lists open rollouts before services at rest', async () => {
    const open = {
      workflowId: 'rollout/prod/cart',
      runId: 'run-2',
      kind: 'canary',
      name: 'cart',
      environment: 'prod',
      version: 'v9',
      phase: 'at 5 %',
      startedAtMs: noon,
    };
    const text = renderList([open], [restingService], page);
    await expect(text).toMatchFileSnapshot(golden('list.txt'));
  });

  it('lists closed rollouts with who acted, leaving out those who were ignored', async () => {
    const ignored = { atMs: noon, verb: 'abort' as const, by: 'eve', ignored: 'too late' };
    const text = renderHistory(
      [closedReport(), closedReport({ people: [ignored], outcome: 'Promoted', reason: 'fine' })],
      page,
    );
    expect(text).not.toContain('eve');
    await expect(text).toMatchFileSnapshot(golden('history.txt'));
  });

  it('ends a watch with the outcome, the reason and where the report is', () => {
    expect(renderEnd({ kind: 'report', report: closedReport() }, shop, noPaint)).toBe(
      [
        'demo/shop  v3  RolledBack after 12m30s: at 20 %: error-rate 31.4% is above 1%',
        '  the smoke test was | slow',
        '  The whole report: belay history demo/shop --report 20250102T120000-1a2b3c4d',
      ].join('\n'),
    );
    const terminated = { kind: 'unreported', state: 'terminated', reason: 'by hand' } as const;
    expect(renderEnd(terminated, shop, noPaint)).toBe('demo/shop  terminated: by hand');
  });
});

describe('colours', () => {
  const terminal = { isTTY: true };
  it.each([
    ['are used in a terminal', terminal, {}, true],
    ['are left out of a pipe', {}, {}, false],
    ['are left out of a pipe in CI', {}, { CI: '1' }, false],
    ['are left out of a dumb terminal', terminal, { TERM: 'dumb' }, false],
    ['are left out with NO_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['can be forced into a pipe', {}, { FORCE_COLOR: '1' }, true],
  ])('%s', (_title, stream, env, coloured) => {
    expect(paintFor(stream, env).red('x') !== 'x').toBe(coloured);
  });
});
