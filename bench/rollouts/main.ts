import { idleFamilies } from '../idle/idle-families.ts';
import { measureIdleWorkflows, type IdleFigures } from '../idle/measure-idle-workflows.ts';
import { missedByIdle, showIdle } from '../idle/show-idle.ts';
import { readCount, readCounts, readDuration } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, ms, print, printTable, progress, seconds } from '../report/tell.ts';
import { withSystem } from '../system/with-system.ts';
import { measureRollouts, type RolloutsFigures } from './measure-rollouts.ts';

const usage = `Usage: npm run bench:rollouts -- [options]

Opens many rollouts at once and steps them: memory, time per step, events and Actions. Then
measures the memory of an idle workflow of each family, as bench:idle does.

  --counts       how many rollouts are open at once; one run each (default: 1,100,500,1000)
  --concurrency  how many are started, stepped or ended at a time (default: 10)
  --one-at-a-time  how many are stepped once more, each alone (default: 100)
  --settle       how long they rest before memory is read again (default: 60s)
  --idle         idle workflows of each family (default: 100)`;

/** The memory of the worker with 1,000 open rollouts. */
const targetMb = 900;

interface Figures {
  rollouts: RolloutsFigures[];
  families: IdleFigures[];
}

await runBenchmark<Figures>({
  usage,
  defaults: {
    counts: '1,100,500,1000',
    concurrency: '10',
    'one-at-a-time': '100',
    settle: '60s',
    idle: '100',
  },
  measure: async ({ origin, text }) => {
    const plan = {
      concurrency: readCount('concurrency', text('concurrency')),
      oneAtATime: readCount('one-at-a-time', text('one-at-a-time')),
      settleMs: readDuration('settle', text('settle')),
    };
    const idle = readCount('idle', text('idle'));
    const rollouts: RolloutsFigures[] = [];
    for (const count of readCounts('counts', text('counts'))) {
      progress(`starting Belay for ${count}`);
      const figures = await withSystem({ origin }, (system) =>
        measureRollouts(system, { ...plan, count }),
      );
      keep(figures);
      rollouts.push(figures);
    }
    return { rollouts, families: await measureIdleWorkflows(idleFamilies, idle) };
  },
  show: ({ rollouts, families }) => {
    showRollouts(rollouts);
    showIdle(families);
  },
  missed: ({ rollouts: all, families }) => [
    ...all.flatMap(({ rollouts, promoted, memory: { ended } }) => [
      ...(ended.worker.peakMb < targetMb
        ? []
        : [`a worker of ${ended.worker.peakMb} MB with ${rollouts} open; at most ${targetMb}`]),
      ...(promoted < rollouts ? [`${rollouts - promoted} of ${rollouts} were not promoted`] : []),
    ]),
    ...missedByIdle(families),
  ],
});

function showRollouts(all: readonly RolloutsFigures[]): void {
  print('Every service has 2 replicas inside the platform: no process, and no traffic.');
  print('Memory is resident, in MB; a peak is the most that a process had since its start.');
  printTable([
    ['rollouts', ...all.map(({ rollouts }) => String(rollouts))],
    ['all held after, s', ...all.map(({ allHeldMs }) => seconds(allHeldMs))],
    ['worker: idle', ...all.map(({ memory }) => String(memory.idle.worker.rssMb))],
    ['worker: all held', ...all.map(({ memory }) => String(memory.held.worker.rssMb))],
    ['worker: settled', ...all.map(({ memory }) => String(memory.settled.worker.rssMb))],
    ['worker: peak until held', ...all.map(({ memory }) => String(memory.held.worker.peakMb))],
    ['worker: peak of all', ...all.map(({ memory }) => String(memory.ended.worker.peakMb))],
    ['server: settled', ...all.map(({ memory }) => String(memory.settled.server.rssMb))],
    ['server: peak of all', ...all.map(({ memory }) => String(memory.ended.server.peakMb))],
    ['platform: settled', ...all.map(({ memory }) => String(memory.settled.platform.rssMb))],
    ['platform: peak of all', ...all.map(({ memory }) => String(memory.ended.platform.peakMb))],
    ['history events', ...all.map(({ historyEvents }) => String(historyEvents))],
    ['Actions in history', ...all.map(({ actionsInHistory }) => String(actionsInHistory))],
    ['heartbeats a minute', ...all.map(({ heartbeatsPerMinute: beats }) => beats.toFixed(2))],
    ['all ended after, s', ...all.map(({ allEndedMs }) => seconds(allEndedMs))],
    ['promoted', ...all.map(({ promoted }) => String(promoted))],
  ]);
  print(
    'Events, Actions and heartbeats are of one rollout; the Actions are those of its whole life',
  );
  print('without heartbeats. One step, from the update that was sent, in ms:');
  printTable([
    ['rollouts', 'stepped', 'answered p50', 'p99', 'weight verified p50', 'p99', 'held p50', 'p99'],
    ...all.flatMap(({ rollouts, concurrency, stepsTogether, stepsOneAtATime }) => [
      stepRow(`${rollouts}`, `${concurrency} at a time`, stepsTogether),
      stepRow(`${rollouts}`, 'one at a time', stepsOneAtATime),
    ]),
  ]);
}

function stepRow(
  rollouts: string,
  how: string,
  { answeredMs, routedMs, heldMs }: RolloutsFigures['stepsTogether'],
): string[] {
  const figures = [answeredMs, routedMs, heldMs].flatMap(({ p50, p99 }) => [ms(p50), ms(p99)]);
  return [rollouts, how, ...figures];
}
