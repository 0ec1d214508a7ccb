import { createHash } from 'node:crypto';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { readWritten, writeDurably } from '../../processes/durable-file.ts';
import type { ActOutcome, ActRecord } from './act-files.ts';
import type { ActStore } from './act-store.ts';

interface Asked {
  /** What the act changes, such as `cluster main`: acts of one run about two things go on side by side. */
  about: string;
  name: string;
  args: unknown;
}

/**
 * Carries an act out that is no program: again where it did not end, and never once it has, nor once a
 * later act of its run about the same thing was accepted. `inTurn` waits until nothing else changes it.
 */
export type Once = <T>(
  act: RunStep,
  asked: Asked,
  /** `folder`: of this act, for what it has to know of itself where it is carried out again. */
  work: (folder: string) => Promise<T>,
  inTurn: (begin: () => Promise<T>) => Promise<T>,
) => Promise<T>;

/** Throws AgentError for an act that is stale, or was asked for in another way. */
export function createOnce(store: ActStore): Once {
  const underWay = new Map<string, Promise<unknown>>();
  return async <T>(
    { runRef, step }: RunStep,
    { about, name, args }: Asked,
    work: (folder: string) => Promise<T>,
    inTurn: (begin: () => Promise<T>) => Promise<T>,
  ): Promise<T> => {
    const act = { runRef: `${runRef} ${about}`, step };
    await store.admit(recordOf(act, name, args));
    const { outcome, folder } = store.filesOf(act);
    const key = `${step}/${act.runRef}`;
    const carryOut = async (): Promise<T> => {
      const known = await readWritten<ActOutcome>(outcome);
      if (known?.kind === 'answer') return known.answer as T;
      const answer = await inTurn(async () => {
        await store.requireLatest(act);
        return work(folder);
      });
      await writeDurably(outcome, { kind: 'answer', answer } satisfies ActOutcome);
      return answer;
    };
    const going = underWay.get(key) as Promise<T> | undefined;
    if (going) return going;
    const begun = carryOut().finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
}

function recordOf(act: RunStep, command: string, args: unknown): ActRecord {
  const digest = createHash('sha256')
    .update(JSON.stringify([command, args]))
    .digest('hex');
  return {
    ...{ act, command, digest, acceptedAtMs: Date.now(), argv: [] },
    program: { environment: {}, secrets: {}, timeoutMs: 0, graceMs: 0, maxOutputBytes: 0 },
  };
}
