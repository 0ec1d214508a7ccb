import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { ClientPause, Pooler } from '../../../src/specs/backups/pooler.ts';
import type { Answer } from '../../kernel/mailbox.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { PointInTimeRun } from './searched-copy.ts';
import { tryStep } from './try-step.ts';

const goingOn = ({ router }: Pooler) => `let the clients of ${router} go on`;

/** What keeps clients from being made to wait; `identity`: the system identifier of the database. */
export async function refusePause(
  run: PointInTimeRun,
  pause: Pooler,
  identity: string | undefined,
): Promise<string[]> {
  const facts = await run.clients(pause).identify();
  const { cannotPause, isPaused, isWhollyPaused, problems, systemIdentifier } = facts;
  const isOlder = isWhollyPaused === undefined && patched('poolers-say-whether-all-clients-wait');
  const about = `router ${pause.router} of agent ${pause.agent}`;
  const reasons = [...problems, ...(cannotPause === undefined ? [] : [cannotPause])];
  if (reasons.length === 0 && isPaused) {
    reasons.push('its clients wait already, for another run of Belay: wait for its end');
  } else if (reasons.length === 0 && systemIdentifier === undefined) {
    reasons.push('nobody can say to which database it leads: upgrade its agent');
  } else if (reasons.length === 0 && systemIdentifier !== identity) {
    reasons.push(
      `it leads to database ${systemIdentifier}, and this one is ${identity ?? 'not known'}`,
    );
  } else if (reasons.length === 0 && isOlder) {
    reasons.push('nobody can say whether clients of all its databases wait: upgrade its agent');
  }
  return reasons.map((reason) => `${about}: ${reason}`);
}

/** Clients that wait, until they are let go on or their time is over. By the clock of the run: that of their host may differ. */
export interface PausedClients {
  readonly pause: ClientPause;
  /** They wait until then at least. */
  untilMs: number;
  /** They wait no longer than this. */
  atMostUntilMs: number;
  /** Its agent lets them go on then, whoever has died; an older one waits to be asked. */
  goOnByThemselves: boolean;
}

/** Clients wait until the run lets them go on, however it ends, and at most as long as the spec says. */
export async function pauseClients(
  run: PointInTimeRun,
  pause: ClientPause,
): Promise<PausedClients> {
  const { router, agent } = pause;
  return takeStep(run, `pause the clients of ${router}`, async ({ prove }) => {
    run.undo.arm(goingOn(pause), 'resumeClients', agent, router);
    const { facts, ...held } = await hold(run, pause);
    const { detail, to } = facts;
    if (!held.goOnByThemselves) {
      run.note(
        `the agent ${agent} is older than this worker: where both die, clients of ${router} wait until somebody lets them go on (RESUME)`,
      );
    }
    prove({ what: router, source: agent, value: detail });
    if (to) prove({ what: 'leads to', source: agent, value: `${to.host}:${to.port}` });
    prove({ what: 'go on at', source: agent, value: timeOf(held.untilMs) });
    return { pause, ...held };
  });
}

/** They wait for as long again. Returns whether they have waited all the time until now. */
export async function keepClientsPaused(
  run: PointInTimeRun,
  paused: PausedClients,
): Promise<boolean> {
  const { pause, untilMs, atMostUntilMs } = paused;
  const { router, agent } = pause;
  return takeStep(run, `keep the clients of ${router} waiting`, async ({ prove }) => {
    const { isPaused, isWhollyPaused: isHeld = isPaused } = await run.clients(pause).examine();
    const { facts: _, ...held } = await hold(run, pause);
    const isOver = Date.now() > untilMs;
    const wentOn = Date.now() > atMostUntilMs ? 'went on' : 'may have gone on';
    Object.assign(paused, held);
    const hasWaited = isHeld && !isOver;
    const seen = hasWaited ? 'have waited until now' : 'had gone on';
    prove({ what: `clients of ${router}`, source: agent, value: seen });
    prove({ what: 'go on at', source: agent, value: timeOf(paused.untilMs) });
    if (isOver) {
      run.note(
        `clients of ${router} ${wentOn} by themselves at ${timeOf(untilMs)}, and were paused again`,
      );
    } else if (!isHeld) {
      run.note(
        `${isPaused ? 'some clients' : 'clients'} of ${router} did not wait any more, and were paused again: was PgBouncer started again, or did somebody RESUME them?`,
      );
    }
    return hasWaited;
  });
}

async function hold(run: PointInTimeRun, pause: ClientPause) {
  const { withinMs, forMs } = pause;
  const askedAtMs = Date.now();
  const facts = await run.clients(pause).pause(withinMs, forMs);
  return {
    facts,
    untilMs: askedAtMs + forMs,
    atMostUntilMs: Date.now() + forMs,
    goOnByThemselves: facts.heldUntilMs !== undefined,
  };
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** An agent that is upgraded, or whose host is started again, is back before people are asked. */
const quietForMs = 60_000;

/**
 * Tries until the time of the pause is over, since clients wait for it; people are asked meanwhile. Nobody is
 * asked about clients that have gone on by themselves.
 */
export async function resumeClients(run: PointInTimeRun, paused: PausedClients): Promise<void> {
  const { pause, untilMs, atMostUntilMs } = paused;
  const { router } = pause;
  if (Date.now() > atMostUntilMs) {
    run.note(
      `clients of ${router} went on by themselves at ${timeOf(untilMs)}, before the end of this run`,
    );
  }
  const askAtMs = Math.min(Date.now() + quietForMs, atMostUntilMs);
  await CancellationScope.nonCancellable(async () => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const why = await tryToResume(run, pause);
      if (why === undefined) return;
      if (haveGoneOn(paused)) {
        run.undo.disarm(goingOn(pause));
        run.note(
          `clients of ${router} went on by themselves at ${timeOf(untilMs)}: they could not be let go on (${why})`,
        );
        return;
      }
      const wait = `clients of ${router} wait until ${timeOf(untilMs)}: ${why}`;
      if (Date.now() >= askAtMs) run.enterPhase('stuck', `${wait}. Answer with retry or giveUp`);
      const leftMs = atMostUntilMs - Date.now();
      if ((await answerWithin(run, leftMs > 0 ? pauseMs : undefined)) !== 'giveUp') continue;
      run.note(wait);
      run.missing.push(`${goingOn(pause)}: ${why}`);
      return;
    }
  });
}

function haveGoneOn({ goOnByThemselves, atMostUntilMs }: PausedClients): boolean {
  const isOver = goOnByThemselves && Date.now() >= atMostUntilMs;
  return isOver && patched('clients-that-went-on-wait-for-nobody');
}

async function tryToResume(run: PointInTimeRun, pause: ClientPause): Promise<string | undefined> {
  const { router, agent } = pause;
  const tried = await tryStep(
    run,
    goingOn(pause),
    async ({ prove }) => {
      const { detail } = await run.clients(pause).resume();
      run.undo.disarm(goingOn(pause));
      prove({ what: router, source: agent, value: detail });
    },
    { isBeside: true },
  );
  return tried.ok ? undefined : tried.reason;
}

/** Of a person, if one comes; undefined for `withinMs`: only that ends the wait. */
async function answerWithin(
  { inbox: { answers } }: PointInTimeRun,
  withinMs: number | undefined,
): Promise<Answer | undefined> {
  const isAnswered = () => answers.value !== undefined;
  if (withinMs === undefined) await condition(isAnswered);
  else await condition(isAnswered, withinMs, { summary: 'until clients are let go on again' });
  return answers.take();
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
