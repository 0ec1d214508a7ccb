import { rolloutKinds, rolloutLock } from '../../kinds/rollouts.ts';
import { writtenSpec, type WrittenSpec } from '../../specs/rollouts/written-spec.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { lastSpecOf } from '../runs/last-spec.ts';
import type { ServiceName } from '../service-name.ts';

/** The spec of the newest rollout as it was written. */
export async function readLastSpec(
  { environment, service }: ServiceName,
  to: Connections,
): Promise<WrittenSpec> {
  const run = { lock: rolloutLock, environment, name: service };
  const asWritten = await lastSpecOf(run, Object.values(rolloutKinds), to);
  if (asWritten !== undefined) return writtenSpec(asWritten);
  throw new CliFailure(
    exitCodes.badInput,
    `No rollout of ${environment}/${service} is known here, so there is no spec to start again. ` +
      'Start one with: belay deploy -f SPEC',
  );
}
