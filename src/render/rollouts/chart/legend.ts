import { labelCharWidth } from './chart-plan.ts';
import { element, lineFrom, textAt } from '../../kernel/markup.ts';
import type { MetricSeries, TrackNames } from './metric-series.ts';
import { drawable } from '../../kernel/chart/value-range.ts';

const swatch = 22;
const startX = 12;
const y = 42;

type Entry = [draw: (x: number) => string, text: string];

/** What the lines and marks mean; only those that are drawn. */
export function renderLegend(series: MetricSeries, tracks: TrackNames): string {
  let x = startX;
  const drawn = legendEntries(series, tracks).map(([draw, text]) => {
    const at = x;
    x += swatch + 6 + text.length * labelCharWidth + 16;
    return draw(at) + textAt(at + swatch + 6, y, text);
  });
  return element('g', {}, ...drawn);
}

function legendEntries({ bounds, stages, format }: MetricSeries, tracks: TrackNames): Entry[] {
  const points = stages.flatMap((stage) => stage.points);
  const line = (kind: string) => (x: number) => lineFrom(x, y - 4, x + swatch, y - 4, kind);
  const mark = (name: string, attributes: Record<string, string | number>) => (x: number) =>
    element(name, { ...attributes, transform: `translate(${x + swatch / 2} ${y - 4})` });
  const bound = (name: 'min' | 'max'): Entry[] => {
    const value = bounds[name];
    return drawable(value) ? [[line('bound'), `${name} ${format(value)}`]] : [];
  };
  return [
    [line('judged'), shortened(tracks.judged)],
    ...(points.some(({ stable }) => drawable(stable))
      ? [[line('stable'), shortened(tracks.stable)] satisfies Entry]
      : []),
    ...bound('min'),
    ...bound('max'),
    ...(points.some(({ value }) => !drawable(value))
      ? [
          [
            mark('line', { class: 'missing', x1: 0, x2: 0, y1: -3, y2: 3 }),
            'no data',
          ] satisfies Entry,
        ]
      : []),
    ...(stages.some(({ decided }) => decided)
      ? [[mark('circle', { class: 'decided', r: 5 }), 'decided'] satisfies Entry]
      : []),
  ];
}

const longestName = 26;

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}
