import type { MonitorState, ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** Of one environment or of all; refused where nothing was measured yet. */
export async function readStates(
  store: Pick<ObjectiveStore, 'listStates'>,
  environment: string | undefined,
): Promise<MonitorState[]> {
  const states = await store.listStates();
  const named = states.filter(
    (each) => environment === undefined || each.environment === environment,
  );
  if (named.length > 0) return named;
  const where = environment === undefined ? 'anywhere' : `in ${environment}`;
  throw new CliFailure(
    exitCodes.notDone,
    `No objective was measured ${where} yet: belay slo run -f FILE starts a monitor, which judges each minute about two minutes after it began.`,
  );
}
