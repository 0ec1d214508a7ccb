import { describe, expect, it } from 'vitest';
import { sparkline } from '../../../../src/render/rollouts/chart/sparkline.ts';
import { measuredEachMinute } from './measured-stages.ts';

const draw = (values: (number | null)[], options: Partial<Parameters<typeof sparkline>[1]> = {}) =>
  sparkline(measuredEachMinute(values), { width: 24, ...options });

describe('a sparkline', () => {
  it('rises with the values', () => {
    expect(draw([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  });

  it('stays low while the values are far below the bound', () => {
    expect(draw([0.001, 0.002, 0.001], { bounds: { max: 0.01 } })).toBe('▁▂▁');
  });

  it('is full where a value reaches its bound', () => {
    expect(draw([0.01], { bounds: { max: 0.01 } })).toBe('█');
  });

  it('shows a fall of a success rate that has to stay above a bound', () => {
    expect(draw([1, 0.998, 0.99], { bounds: { min: 0.99 } })).toBe('█▇▁');
  });

  it('shows where there was no data, and never a value in its place', () => {
    expect(draw([1, null, null, 1])).toBe('█··█');
  });

  it('takes a value that went through JSON as NaN for no data', () => {
    const [broken] = JSON.parse(JSON.stringify(measuredEachMinute([Number.NaN]))) as never[];
    expect(sparkline([broken!], { width: 8 })).toBe('·');
  });

  it('keeps the newest where there is no room for all', () => {
    expect(draw([9, 9, 9, 0, 0, 9], { width: 3 })).toBe('▁▁█');
  });

  it('is empty without room or measurements', () => {
    expect(draw([1, 2], { width: 0 })).toBe('');
    expect(draw([])).toBe('');
  });

  it('lies flat where nothing ever failed and nothing bounds it', () => {
    expect(draw([0, 0, 0])).toBe('▁▁▁');
  });

  it('can be coloured by what came of each measurement', () => {
    const paint = (character: string, result: string) => `${result[0] ?? ''}${character}`;
    expect(draw([0, 0.02, null], { paint, bounds: { max: 0.01 } })).toBe('p▁f█i·');
  });
});
