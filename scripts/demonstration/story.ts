import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { Load, LoadCounts } from '../load/load-client.ts';
import { startLoad } from '../load/load-client.ts';
import { expectThat } from './expectation.ts';
import type { Machine } from './machine.ts';
import { narrate } from './narration.ts';
import type { Stage } from './stage.ts';

const service = 'demo/shop';
const requestsPerSecond = 100;

/** Three releases: a first one, a good one, and a broken one. */
export async function runStory(machine: Machine, stage: Stage): Promise<void> {
  const url = await stage.open(machine);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  narrate.event(
    `a client sends ${requestsPerSecond} requests a second to ${url}, and counts the responses`,
  );
  try {
    await goodRelease(machine, load, stage);
    await brokenRelease(machine, load, stage);
  } finally {
    await load.stop();
  }
  narrate.scene('What happened, and the same with the temporal command');
  await machine.belay(['history', service]);
  narrate.plain(stage.afterwards);
}

async function goodRelease(machine: Machine, load: Load, { specs }: Stage): Promise<void> {
  narrate.scene('v2, a good release: 5, 20, 50, 100 %, and a worker killed in the middle');
  const before = seenBy(load);
  const deployment = machine.belay(['deploy', '-f', `${specs}/v2.yaml`, '--watch']);
  await killWorkerInOpenHold(machine);
  const { exitCode } = await deployment;
  expectThat(exitCode === 0, 'v2 was promoted in spite of the killed worker');

  const { outcome, details } = await lastReport(machine);
  expectThat(outcome === 'Promoted', 'the ledger says that v2 was promoted');
  expectThat(
    details.stages.every(({ weight, verdict }) => weight === 100 || verdict?.kind === 'pass'),
    'every hold of v2 ended with a pass',
  );
  const seen = difference(before, seenBy(load));
  narrate.result(`promoted; the client saw ${describe(seen)}`);
  for (const problem of load.counts.problems) narrate.event(problem);
  expectThat(seen.failed === 0, 'no request failed while v2 was rolled out');
  expectThat((seen.byVersion['v2'] ?? 0) > 0, 'v2 answered requests');
}

async function killWorkerInOpenHold(machine: Machine): Promise<void> {
  await machine.until(
    service,
    'the stage at 20 % was held',
    ({ phase, stages }) =>
      phase === 'holding' &&
      stages.some(({ weight, state }) => weight === 20 && state === 'active'),
  );
  await sleep(2_000);
  const [pid] = await machine.workerPids();
  expectThat(pid !== undefined, 'there was a worker to kill');
  process.kill(pid, 'SIGKILL');
  narrate.event(`SIGKILL to the worker (pid ${pid}) in the middle of the hold at 20 %`);
}

async function brokenRelease(machine: Machine, load: Load, { specs }: Stage): Promise<void> {
  narrate.scene('v3, a broken release: three of ten requests fail');
  const before = seenBy(load);
  const { exitCode } = await machine.belay(['deploy', '-f', `${specs}/v3.yaml`, '--watch']);
  expectThat(exitCode === 1, 'v3 was not promoted');

  const { outcome, reason } = await lastReport(machine);
  expectThat(outcome === 'RolledBack', 'the ledger says that v3 was rolled back');
  const seen = difference(before, seenBy(load));
  narrate.result(`undone: ${reason}`);
  narrate.result(`the client saw ${describe(seen)}`);
  expectThat(seen.failed > 0, 'v3 failed requests, so that there was something to catch');

  const afterUndo = seenBy(load);
  await sleep(3_000);
  const later = difference(afterUndo, seenBy(load));
  narrate.result(`three seconds later: ${describe(later)}`);
  expectThat(later.failed === 0, 'no request failed after the undo');
  expectThat(Object.keys(later.byVersion).join() === 'v2', 'only v2 answers after the undo');
}

async function lastReport(machine: Machine): Promise<RolloutReport> {
  const { output } = await machine.belay(['history', service, '--limit', '1', '--json'], {
    quietly: true,
  });
  const [report] = JSON.parse(output) as RolloutReport[];
  expectThat(report !== undefined, 'the rollout is in the ledger');
  return report;
}

type Seen = Pick<LoadCounts, 'sent' | 'byVersion'> & { failed: number };

function seenBy({ counts: { sent, lost, byVersion } }: Load): Seen {
  return { sent, failed: lost, byVersion: { ...byVersion } };
}

function difference(before: Seen, after: Seen): Seen {
  const versions = Object.keys(after.byVersion);
  return {
    sent: after.sent - before.sent,
    failed: after.failed - before.failed,
    byVersion: Object.fromEntries(
      versions
        .map(
          (version) =>
            [version, (after.byVersion[version] ?? 0) - (before.byVersion[version] ?? 0)] as const,
        )
        .filter(([, count]) => count > 0),
    ),
  };
}

function describe({ sent, failed, byVersion }: Seen): string {
  const shares = Object.entries(byVersion).map(
    ([version, count]) => `${count} answered by ${version}`,
  );
  return `${sent} requests, ${failed} failed (${shares.join(', ')})`;
}
