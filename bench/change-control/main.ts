import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, ms, print, printTable, progress } from '../report/tell.ts';
import { withSystem } from '../system/with-system.ts';
import { countPermitActions, type PermitActions } from './count-permit-actions.ts';
import { measurePermits, type PermitsFigures } from './measure-permits.ts';

const usage = `Usage: npm run bench:change-control -- [options]

How fast change control answers a run that asks for a permit while many are held, and what that
costs a rollout in Temporal Actions.

  --held         permits that are held all the time (default: 1000)
  --repetitions  how many runs ask, one at a time and then together (default: 1000)
  --concurrency  how many ask at once, together (default: 10)`;

const targetMs = 50;
const targetActions = 3;

/** What it measured. */
interface ChangeControlFigures {
  permits: PermitsFigures;
  actions: PermitActions;
}

await runBenchmark<ChangeControlFigures>({
  usage,
  defaults: { held: '1000', repetitions: '1000', concurrency: '10' },
  measure: async ({ origin, text }) => {
    const plan = {
      held: readCount('held', text('held')),
      repetitions: readCount('repetitions', text('repetitions')),
      concurrency: readCount('concurrency', text('concurrency')),
    };
    progress('starting Belay');
    return withSystem({ origin }, async (system) => {
      const permits = await measurePermits(system, plan);
      keep(permits);
      return { permits, actions: await countPermitActions(system) };
    });
  },
  show,
  missed: ({ permits, actions }) => [
    ...(permits.oneAtATimeMs.p99 <= targetMs
      ? []
      : [`an answer within ${ms(permits.oneAtATimeMs.p99)} ms at p99; at most ${targetMs}`]),
    ...(permits.refused === 0 ? [] : [`${permits.refused} runs were refused`]),
    ...(permits.heldAfterwards === permits.held
      ? []
      : [`${permits.heldAfterwards} permits held at the end, not ${permits.held}`]),
    ...(actions.total <= targetActions
      ? []
      : [`${actions.total} Actions for a rollout; at most ${targetActions}`]),
  ],
});

function show({ permits, actions }: ChangeControlFigures): void {
  print(`From asking until the answer, in ms, while ${permits.held} permits are held:`);
  printTable([
    ['asking', 'runs', 'p50', 'p99', 'slowest'],
    ...(
      [
        ['one at a time', permits.oneAtATimeMs],
        ['one close behind another', permits.closeBehindMs],
        [`${permits.concurrency} at a time`, permits.togetherMs],
      ] as const
    ).map(([how, { count, p50, p99, max }]) => [how, String(count), ms(p50), ms(p99), ms(max)]),
  ]);
  const { activities, updates, signals, total } = actions;
  print(
    `A rollout costs ${total} Actions: ${activities} activity, ${updates} update, ${signals} signal.`,
  );
}
