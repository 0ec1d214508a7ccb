import { print, printTable } from '../report/tell.ts';
import type { IdleFigures } from './measure-idle-workflows.ts';

/** Of an idle rollout; what it took before there was more than one family. */
const targetKib = 337;
const targetFamily = 'rollouts';

export function showIdle(all: readonly IdleFigures[]): void {
  printTable([
    ['family', 'idle', 'KiB each'],
    ...all.map(({ family, what, kibEach }) => [family, what, kibEach.toFixed(0)]),
  ]);
  print(`Target of ${targetFamily}: at most ${targetKib} KiB.`);
}

export function missedByIdle(all: readonly IdleFigures[]): string[] {
  return all.flatMap(({ family, what, kibEach }) =>
    family !== targetFamily || kibEach <= targetKib
      ? []
      : [`${kibEach.toFixed(0)} KiB for each of ${what}, of ${family}; at most ${targetKib}`],
  );
}
