import type { ClassicDashboard } from '../../../scripts/dashboards/panels.ts';

export interface DrawnPanel {
  type: string;
  title?: string;
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr?: string }[];
}

/** All that draws something. */
export function panelsOf({ panels = [] }: ClassicDashboard): DrawnPanel[] {
  return (panels as DrawnPanel[]).filter(({ type }) => type !== 'row');
}

/** With Grafana's own variables set to what they may be. */
export function expressionsOf(dashboard: ClassicDashboard): string[] {
  return panelsOf(dashboard).flatMap(({ targets = [] }) =>
    targets.map(({ expr = '' }) => expr.replaceAll('$__range', '6h')),
  );
}
