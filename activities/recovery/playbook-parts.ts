import type { PlaybookActivities } from '../../src/contracts/recovery/playbooks/activities.ts';
import { PartError } from '../../src/contracts/kernel/part-error.ts';
import type {
  WorkerActionPart,
  WorkerParts,
  WorkerProbePart,
} from '../../src/contracts/recovery/playbooks/worker-parts.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';

export function createPlaybookActivities(parts: WorkerParts): PlaybookActivities {
  const actions: Readonly<Record<string, WorkerActionPart>> = parts.actions;
  const probes: Readonly<Record<string, WorkerProbePart>> = parts.probes;
  const action = (name: string) => actions[name] ?? unknown(name);
  const probe = (name: string) => probes[name] ?? unknown(name);
  return {
    checkPart: ({ part, inputs }) =>
      mapPartErrors(() => (actions[part] ?? probe(part)).check(inputs)),
    performPart: (call) => mapPartErrors(() => action(call.part).perform(call)),
    undoPart: (call) =>
      mapPartErrors(
        async () => (await action(call.part).undo?.(call)) ?? { outputs: {}, seen: [] },
      ),
    askPart: ({ part, inputs }) =>
      mapPartErrors(() => whileHeartbeating(() => probe(part).ask(inputs))),
    abortChild: (child) => mapPartErrors(() => parts.abortChild(child)),
  };
}

function unknown(name: string): never {
  throw new PartError('refused', `this worker has no ${name}: upgrade it`);
}
