import type { MetricSeries, SeriesStage } from './metric-series.ts';
import { axisTicks, drawable, valueRange } from '../../kernel/chart/value-range.ts';

/** Where everything of a chart goes, in pixels of its own coordinates. */
export interface ChartPlan {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  panels: Panel[];
  ticks: { label: string; y: number }[];
  y: (value: number) => number;
}

/** One stage's part of the chart. */
export interface Panel {
  stage: SeriesStage;
  left: number;
  right: number;
  x: (atMs: number) => number;
}

const usualWidth = 760;
const height = 270;
const margins = { right: 14, top: 72, bottom: 46 };
const narrowestPanel = 76;
const gap = 16;
/** Room for a mark at either end of a panel. */
const inset = 8;
/** Of a wide font: labels must not meet in any. */
export const labelCharWidth = 7.3;

/**
 * Each stage gets a panel as wide as it has measurements, not as it took time: of a long hold
 * only so many measurements are kept, and a wait for a person has none.
 */
export function planChart(series: MetricSeries): ChartPlan {
  const { bounds, stages, format } = series;
  const values = stages
    .flatMap(({ points }) => points.flatMap(({ value, stable }) => [value, stable]))
    .filter(drawable);
  const tickValues = axisTicks(valueRange(values, bounds), format);
  const longest = Math.max(...tickValues.map((value) => format(value).length));
  const left = Math.ceil(16 + longest * labelCharWidth);
  const gaps = gap * (stages.length - 1);
  const room = usualWidth - left - margins.right - gaps;
  const widths = panelWidths(
    stages.map(({ slots }) => slots),
    room,
  );
  const right = left + gaps + widths.reduce((sum, width) => sum + width, 0);
  const { top } = margins;
  const bottom = height - margins.bottom;
  const [lowest = 0, highest = 1] = [tickValues[0], tickValues.at(-1)];
  const y = (value: number) => bottom - ((value - lowest) / (highest - lowest)) * (bottom - top);
  return {
    width: right + margins.right,
    height,
    left,
    right,
    top,
    bottom,
    panels: placePanels(stages, widths, left),
    ticks: tickValues.map((value) => ({ label: format(value), y: y(value) })),
    y,
  };
}

/** Shares the room out by the number of measurements; a chart of many stages grows instead. */
function panelWidths(slots: readonly number[], room: number): number[] {
  const spare = Math.max(0, room - narrowestPanel * slots.length);
  const all = slots.reduce((sum, count) => sum + count, 0);
  return slots.map((count) => narrowestPanel + (spare * count) / all);
}

function placePanels(
  stages: readonly SeriesStage[],
  widths: readonly number[],
  start: number,
): Panel[] {
  let left = start;
  return stages.map((stage, index) => {
    const panelLeft = left;
    const right = panelLeft + (widths[index] ?? narrowestPanel);
    left = right + gap;
    return { stage, left: panelLeft, right, x: timeScale(stage, panelLeft, right) };
  });
}

function timeScale({ fromMs, toMs }: SeriesStage, left: number, right: number) {
  if (fromMs === toMs) return () => (left + right) / 2;
  const perMs = (right - left - 2 * inset) / (toMs - fromMs);
  return (atMs: number) => left + inset + (atMs - fromMs) * perMs;
}
