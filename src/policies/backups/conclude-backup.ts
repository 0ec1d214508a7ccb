import type { SetOutcome } from '../../contracts/backups/details.ts';
import { foundBy } from './found-by.ts';
import { listed } from './listed.ts';

export interface Conclusion {
  outcome: 'Complete' | 'Partial' | 'Failed';
  reason: string;
}

/** `Complete` only where every set is there, as it was asked for, and nothing that was read of it is damaged. */
export function concludeBackup(
  sets: readonly SetOutcome[],
  troubles: readonly string[],
): Conclusion {
  const made = sets.filter(({ set }) => set !== undefined);
  const wrong = [...sets.flatMap(describeTrouble), ...troubles];
  if (made.length === 0) {
    return { outcome: 'Failed', reason: `no set was made: ${listed(wrong)}` };
  }
  if (wrong.length > 0) {
    const figures = `${made.length} of ${sets.length} sets were made`;
    return { outcome: 'Partial', reason: `${figures}: ${listed(wrong)}` };
  }
  const components = new Set(made.map(({ component }) => component)).size;
  const noun = components === 1 ? 'component' : 'components';
  const checked = made.every(({ check }) => check !== undefined) ? ', and read back' : '';
  const all = made.length === 1 ? '1 set is complete' : `${made.length} sets are complete`;
  return { outcome: 'Complete', reason: `${all}${checked}: ${components} ${noun}` };
}

function describeTrouble(outcome: SetOutcome): string[] {
  const { component, repository, failure, check, doubts } = outcome;
  const where = `${component} in ${repository}`;
  const [first, ...more] = foundBy(check);
  return [
    ...(failure === undefined ? [] : [`${where}: ${failure}`]),
    ...(first === undefined
      ? []
      : [
          `${where} is damaged: ${first.where}: ${first.what}${more.length === 0 ? '' : `, and ${more.length} more`}`,
        ]),
    ...doubts.map((doubt) => `${where}: ${doubt}`),
  ];
}
