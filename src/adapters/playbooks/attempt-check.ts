import type { PartCheck } from '../../contracts/recovery/playbooks/activities.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';

/** What was refused is a problem; what could not be asked is no answer, and is asked again. */
export async function attemptCheck(check: () => Promise<PartCheck>): Promise<PartCheck> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof PartError && error.code === 'refused')
      return { problems: [error.message], seen: [] };
    throw error;
  }
}
