import { describe, expect, it } from 'vitest';
import { renderHistory, renderList } from '../../src/cli/render/lists.ts';
import { renderClosedRun } from '../../src/cli/render/run-end.ts';
import { renderRunLine, renderRunPage } from '../../src/cli/render/run-page.ts';
import { exitCodeOfRun } from '../../src/cli/runs/run-end.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { auditTrail } from '../../src/policies/rollouts/audit/audit-trail.ts';
import { renderRunHtml } from '../../src/render/kernel/html/render-run-html.ts';
import { renderRunReport } from '../../src/render/kernel/render-run-report.ts';
import { errandKind, kindsWithErrands } from '../fixtures/errands.ts';
import { noon, page } from './rollout-examples.ts';

const golden = (name: string) => `./golden/${name}`;
const kindOf = (name: string) => kindsWithErrands.find(({ kind }) => kind === name);

const waiting: RunStatus = {
  kind: 'errand',
  workflowId: 'errand/demo/milk',
  runId: 'run-7',
  runRef: '20250102T120000-1a2b3c4d',
  subject: { environment: 'demo', name: 'milk' },
  phase: 'waiting',
  now: 'Waiting for approval of 4 litres',
  accepts: ['approve', 'abort'],
  startedAtMs: noon,
  steps: [
    {
      name: 'count what is left',
      state: 'done',
      startedAtMs: noon,
      endedAtMs: noon + 90_000,
      by: 'bo@desk',
      evidence: [
        {
          what: 'bottles',
          source: 'fridge',
          atMs: noon + 60_000,
          value: '0',
          threshold: 'at least 2',
        },
        { what: 'cups', source: 'shelf', atMs: noon + 61_000, value: '12' },
      ],
    },
    { name: 'go to the shop', state: 'active', startedAtMs: noon + 90_000, evidence: [] },
    { name: 'fill the fridge', state: 'pending', evidence: [] },
  ],
  people: [{ atMs: noon, verb: 'approve', by: 'eve', ignored: 'eve may not approve' }],
  undo: [{ name: 'bring the bottles back', state: 'armed' }],
};

const report: RunReport = {
  format: 2,
  family: 'errands',
  kind: 'errand',
  runRef: waiting.runRef,
  workflowId: waiting.workflowId,
  runId: waiting.runId,
  subject: waiting.subject,
  startedAtMs: waiting.startedAtMs,
  people: waiting.people,
  steps: waiting.steps,
  details: {},
  outcome: 'Done',
  reason: 'the fridge is full',
  endedAtMs: noon + 600_000,
  notes: ['the shop was closed at first'],
  undo: [],
};

describe('a run of a kind without a page of its own', () => {
  it('shows its steps, what was read for them, people, undo and how to act', async () => {
    const text = renderRunPage(waiting, errandKind, page);
    await expect(text).toMatchFileSnapshot(golden('run.txt'));
  });

  it('is shown whole when it has ended', async () => {
    const text = renderClosedRun({ kind: 'report', report }, report.subject, kindOf, page);
    await expect(text).toMatchFileSnapshot(golden('run-closed.txt'));
  });

  it('is followed by a line for each change, and by none where only time has passed', () => {
    const line = renderRunLine(waiting, undefined, page);
    expect(line).toMatch(
      /demo\/milk {2}errand {2}waiting {2}1 of 3 steps {2}go to the shop {2}Waiting for approval/,
    );
    expect(renderRunLine(waiting, waiting, { ...page, nowMs: page.nowMs + 5_000 })).toBe(undefined);
  });

  it.each([
    ['Done', 0],
    ['Aborted', 1],
  ])('that ended as %s lets a watch exit with %d', (outcome, exitCode) => {
    const end = { kind: 'report', report: { ...report, outcome } } as const;
    expect(exitCodeOfRun(end, kindsWithErrands)).toBe(exitCode);
  });

  it('is reported as Markdown and as HTML, with the evidence of each step', async () => {
    await expect(renderRunReport(report)).toMatchFileSnapshot(golden('run-report.md'));
    const html = renderRunHtml({ run: report, tone: 'good' }, page.nowMs);
    await expect(html).toMatchFileSnapshot(golden('run-report.html'));
    const open = { ...waiting, now: '<script>alert(1)</script>' };
    expect(renderRunHtml({ run: open, tone: 'open' }, page.nowMs)).not.toContain('<script>');
  });

  it('has its place in the history and in the audit trail', () => {
    expect(renderHistory([report], page, kindsWithErrands)).toMatch(
      /^WHEN +RUN .*\n.*demo\/milk +errand +Done +10m/,
    );
    const [, said] = auditTrail([report], []);
    expect(said).toMatchObject({ action: 'approve', by: 'eve', service: 'milk', version: null });
  });

  it('is listed beside rollouts', () => {
    const listed = { workflowId: 'errand/demo/milk', runId: 'run-7', kind: 'errand', version: '' };
    const run = { ...listed, environment: 'demo', name: 'milk', phase: 'waiting', startedAtMs: 0 };
    expect(renderList([run], [], page)).toMatch(/^RUN .*\n.*demo\/milk .*errand .*waiting/);
  });
});
