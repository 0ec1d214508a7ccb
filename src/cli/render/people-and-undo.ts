import { commandName } from '../../kinds/command-name.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';
import { formatMoment, type Page } from './page.ts';
import { renderTable } from './table.ts';

export function renderPeople(people: RunStatus['people'], page: Page): string[] {
  return renderTable(
    people.map((act) => [
      formatMoment(act.atMs, page),
      act.by ?? 'someone',
      commandName(act.verb),
      act.stage === undefined ? '' : `${act.stage} %`,
      [
        ...(act.why === undefined ? [] : [`"${act.why}"`]),
        ...(act.ignored === undefined ? [] : [page.paint.yellow(`ignored: ${act.ignored}`)]),
      ].join('  '),
    ]),
    { indent: 4 },
  );
}

/** In the order in which it would run. */
export function renderUndo(undo: RunStatus['undo'], { paint }: Page): string[] {
  const marks = {
    armed: paint.dim('armed'),
    done: paint.green('done'),
    failed: paint.red('failed'),
  };
  return renderTable(
    undo.map(({ name, state, error }) => [marks[state], name, error ?? '']),
    { indent: 4 },
  );
}
