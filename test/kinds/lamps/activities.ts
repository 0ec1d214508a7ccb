import { ApplicationFailure } from '@temporalio/common';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type { LampActivities } from './contract.ts';

export function createLampActivities(urlOf: (board: string) => string): LampActivities {
  const turn = async (
    method: 'PUT' | 'DELETE',
    { url, lamp, step }: { url: string; lamp: number; step: number },
  ): Promise<number[]> => {
    const response = await fetch(`${url}/${lamp}?step=${step}`, { method });
    if (response.status === 409) {
      throw ApplicationFailure.nonRetryable('the board has a newer fence', 'StaleFence');
    }
    if (!response.ok)
      throw ApplicationFailure.nonRetryable(
        `lamp ${lamp} is ${method === 'PUT' ? 'broken' : 'stuck'}`,
        'Broken',
      );
    return (await response.json()) as number[];
  };
  return {
    lampOn: (board: string, { step }: Fence, lamp: number) =>
      turn('PUT', { url: urlOf(board), lamp, step }),
    lampOff: (board: string, { step }: Fence, lamp: number) =>
      turn('DELETE', { url: urlOf(board), lamp, step }),
  };
}
