import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { ms } from '../report/tell.ts';
import type { BelayCommand } from './belay-command.ts';

export interface CommandFigures {
  wall: Quantiles;
  cpu: Quantiles;
}

/** How long one `belay` command takes as a whole, and how much CPU. */
export async function measureCommand(
  belay: BelayCommand,
  args: string[],
  repetitions: number,
): Promise<CommandFigures> {
  const times: Awaited<ReturnType<BelayCommand['time']>>[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    times.push(await belay.time(args));
  }
  return {
    wall: quantilesOf(times.map(({ wallMs }) => wallMs)),
    cpu: quantilesOf(times.map(({ cpuMs }) => cpuMs)),
  };
}

export async function timeRepeatedly(repetitions: number, act: () => unknown): Promise<Quantiles> {
  const took: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const beganAt = performance.now();
    await act();
    took.push(performance.now() - beganAt);
  }
  return quantilesOf(took);
}

export const timeColumns = ['p50', 'p99', 'slowest'];

export function commandRow({ wall, cpu }: CommandFigures): string[] {
  return [...timeRow(wall), ms(cpu.p50)];
}

export function timeRow({ p50, p99, max }: Quantiles): string[] {
  return [ms(p50), ms(p99), ms(max)];
}
