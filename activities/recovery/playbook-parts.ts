import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { PlaybookActivities } from '../../src/contracts/recovery/playbooks/activities.ts';
import {
  PartError,
  type PartErrorCode,
  type WorkerActionPart,
  type WorkerParts,
  type WorkerProbePart,
} from '../../src/contracts/recovery/playbooks/worker-parts.ts';

export function createPlaybookActivities(parts: WorkerParts): PlaybookActivities {
  const actions: Readonly<Record<string, WorkerActionPart>> = parts.actions;
  const probes: Readonly<Record<string, WorkerProbePart>> = parts.probes;
  const action = (name: string) => actions[name] ?? unknown(name);
  const probe = (name: string) => probes[name] ?? unknown(name);
  return {
    checkPart: ({ part, inputs }) => mapped(() => (actions[part] ?? probe(part)).check(inputs)),
    performPart: (call) => mapped(() => action(call.part).perform(call)),
    undoPart: (call) =>
      mapped(async () => (await action(call.part).undo?.(call)) ?? { outputs: {}, seen: [] }),
    askPart: ({ part, inputs }) => mapped(() => probe(part).ask(inputs)),
    abortChild: (child) => mapped(() => parts.abortChild(child)),
  };
}

function unknown(name: string): never {
  throw new PartError('refused', `this worker has no ${name}: upgrade it`);
}

const types: Readonly<Record<PartErrorCode, string>> = {
  refused: failureTypes.targetRefused,
  'stale-fence': failureTypes.staleFence,
  unavailable: failureTypes.targetUnavailable,
};

async function mapped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    const { code, message } = error;
    const options = { message, type: types[code], nonRetryable: code !== 'unavailable' };
    throw ApplicationFailure.create({ ...options, cause: error });
  }
}
