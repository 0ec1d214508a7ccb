import type { Measurement, VerdictKind } from '../../../contracts/rollouts/verdict.ts';
import { drawable, valueRange, type Bounds } from '../../kernel/chart/value-range.ts';

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const noData = '·';

export interface SparklineOptions {
  bounds?: Bounds;
  /** Characters at most; the newest measurements are kept. */
  width: number;
  /** Colours one character by what came of its measurement. */
  paint?: (character: string, result: VerdictKind) => string;
}

/** The measurements of one metric as a line of blocks, high enough for the bound, `·` for no data. */
export function sparkline(
  measurements: readonly Measurement[],
  { bounds = {}, width, paint = (character) => character }: SparklineOptions,
): string {
  const shown = width > 0 ? measurements.slice(-width) : [];
  const { low, high } = valueRange(shown.map(({ value }) => value).filter(drawable), bounds);
  return shown
    .map(({ value, result }) =>
      paint(drawable(value) ? blockFor((value - low) / (high - low)) : noData, result),
    )
    .join('');
}

function blockFor(share: number): string {
  const index = Math.min(blocks.length - 1, Math.floor(share * blocks.length));
  return blocks[index] ?? blocks[0];
}
