import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { LedgerError } from '../../src/adapters/ledger/ledger-error.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { CliFailure } from '../../src/cli/failure.ts';
import { exitCodeOf } from '../../src/cli/rollouts/rollout-end.ts';
import { InvalidConfig } from '../../src/config/load-config.ts';
import { PlatformError } from '../../src/contracts/rollouts/platform.ts';
import { outcomes } from '../../src/contracts/rollouts/outcome.ts';
import { closedReport } from './rollout-examples.ts';

const refused = (type: string) =>
  new WorkflowUpdateFailedError('refused', ApplicationFailure.nonRetryable('because', type));
const grpc = (code: number, details = '') =>
  Object.assign(new Error(details), { code, details, metadata: {} });

describe('the exit code of a failed command', () => {
  it.each([
    ['a refused verb', refused('VerbRefused'), 1],
    ['the same release again', refused('SameRelease'), 1],
    ['a spec that the workflow refuses', refused('InvalidSpec'), 2],
    ['a revision that is not kept', refused('NoSuchRevision'), 2],
    ['a target that does not answer', refused('TargetUnavailable'), 3],
    ['another rollout that is open', refused('AlreadyRunning'), 4],
    ['bad settings', new InvalidConfig([{ variable: 'BELAY_HOME', message: 'no' }]), 2],
    ['a platform that is away', new PlatformError('unavailable', 'away'), 3],
    ['a platform that refuses', new PlatformError('conflict', 'no'), 1],
    ['a ledger that cannot be read', new LedgerError('unusable', 'no'), 3],
    ['a server that went away', grpc(14), 3],
    ['a worker that does not answer', grpc(4), 3],
    ['bad input', new CliFailure(2, 'no'), 2],
    ['a surprise', new Error('what?'), 1],
  ])('for %s', (_title, error, exitCode) => {
    expect(explainFailure(error).exitCode).toBe(exitCode);
  });

  it('comes with the reason of the rollout, word for word', () => {
    expect(explainFailure(refused('VerbRefused')).text).toBe('because');
  });

  it('comes with the way to the stack trace where it was not expected', () => {
    expect(explainFailure(new Error('what?')).text).toContain('BELAY_DEBUG=1');
  });
});

describe('the exit code of a watch', () => {
  it.each(outcomes)('tells a promotion from %s', (outcome) => {
    const promoted = outcome === 'Promoted' || outcome === 'FastPromoted';
    const end = { kind: 'report', report: closedReport({ outcome }) } as const;
    expect(exitCodeOf(end)).toBe(promoted ? 0 : 1);
  });

  it('is 1 where no report was left', () => {
    expect(exitCodeOf({ kind: 'unreported', state: 'terminated', reason: '' })).toBe(1);
  });
});
