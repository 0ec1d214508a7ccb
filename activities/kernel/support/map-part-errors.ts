import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { PartError, type PartErrorCode } from '../../../src/contracts/kernel/part-error.ts';

const types: Readonly<Record<PartErrorCode, string>> = {
  refused: failureTypes.targetRefused,
  'stale-fence': failureTypes.staleFence,
  unavailable: failureTypes.targetUnavailable,
};

/** Turns what a part of a worker throws into the failure of its activity; only `unavailable` is tried again. */
export async function mapPartErrors<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    const { code, message } = error;
    const options = { message, type: types[code], nonRetryable: code !== 'unavailable' };
    throw ApplicationFailure.create({ ...options, cause: error });
  }
}
