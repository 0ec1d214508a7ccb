import type { PersonAct } from '../../../contracts/kernel/person-act.ts';
import type { UndoStatus } from '../../../contracts/kernel/run.ts';
import { utcMoment } from '../moment.ts';
import { htmlTable } from './html-table.ts';

export function htmlPeople(people: readonly PersonAct[]): string {
  return htmlTable(
    [
      { title: 'At', set: 'fixed' },
      { title: 'Who' },
      { title: 'Did' },
      { title: 'Stage', set: 'number' },
      { title: 'Why', set: 'wide' },
    ],
    people.map(({ atMs, by = 'someone', verb, stage, why, ignored }) => [
      utcMoment(atMs),
      by,
      verb,
      stage === undefined ? '' : `${stage} %`,
      [...(why ? [`“${why}”`] : []), ...(ignored ? [`ignored: ${ignored}`] : [])].join(', '),
    ]),
  );
}

const undoTones = { armed: 'soft', done: 'good', failed: 'bad' } as const;

export function htmlUndo(undo: readonly UndoStatus[]): string {
  if (undo.length === 0) return '';
  return htmlTable(
    [{ title: 'Step' }, { title: 'State', set: 'fixed' }, { title: 'Error', set: 'wide' }],
    undo.map(({ name, state, error = '' }) => [
      name,
      { text: state, tone: undoTones[state] },
      error,
    ]),
  );
}
