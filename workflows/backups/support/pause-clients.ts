import { CancellationScope } from '@temporalio/workflow';
import type { ClientPause, Pooler } from '../../../src/specs/backups/pooler.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { PointInTimeRun } from './searched-copy.ts';
import { tryStep } from './try-step.ts';

const goingOn = ({ router }: Pooler) => `let the clients of ${router} go on`;

/** What keeps clients from being made to wait. */
export async function refusePause(run: PointInTimeRun, pause: Pooler): Promise<string[]> {
  const { cannotPause, isPaused, problems } = await run.clients(pause).examine();
  const about = `router ${pause.router} of agent ${pause.agent}`;
  return [
    ...problems.map((problem) => `${about}: ${problem}`),
    ...(cannotPause === undefined ? [] : [`${about}: ${cannotPause}`]),
    ...(isPaused && problems.length === 0
      ? [`${about}: its clients wait already, for another run of Belay: wait for its end`]
      : []),
  ];
}

/**
 * Clients wait until the run lets them go on, however it ends, and at most as long as the spec says.
 * Returns until when.
 */
export async function pauseClients(run: PointInTimeRun, pause: ClientPause): Promise<number> {
  const { router, agent, withinMs, forMs } = pause;
  return takeStep(run, `pause the clients of ${router}`, async ({ prove }) => {
    run.undo.arm(goingOn(pause), 'resumeClients', agent, router);
    const { detail, to, heldUntilMs } = await run.clients(pause).pause(withinMs, forMs);
    const untilMs = heldUntilMs ?? Date.now() + forMs;
    if (heldUntilMs === undefined) {
      run.note(
        `the agent ${agent} is older than this worker: where both die, clients of ${router} wait until somebody lets them go on (RESUME)`,
      );
    }
    prove({ what: router, source: agent, value: detail });
    if (to) prove({ what: 'leads to', source: agent, value: `${to.host}:${to.port}` });
    prove({ what: 'go on at', source: agent, value: timeOf(untilMs) });
    return untilMs;
  });
}

/** They go on by themselves where nobody can let them. */
export async function resumeClients(
  run: PointInTimeRun,
  pause: ClientPause,
  untilMs: number,
): Promise<void> {
  const { router, agent } = pause;
  if (Date.now() > untilMs) {
    run.note(
      `clients of ${router} went on by themselves at ${timeOf(untilMs)}, before the end of this run`,
    );
  }
  const tried = await CancellationScope.nonCancellable(() =>
    tryStep(run, goingOn(pause), async ({ prove }) => {
      const { detail } = await run.clients(pause).resume();
      run.undo.disarm(goingOn(pause));
      prove({ what: router, source: agent, value: detail });
    }),
  );
  if (tried.ok) return;
  run.note(`clients of ${router} wait until ${timeOf(untilMs)}: ${tried.reason}`);
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
