import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export interface DrawnPanel {
  type: string;
  title?: string;
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr?: string }[];
}

/** All that draws something. */
export function panelsOf({ panels = [] }: Dashboard): DrawnPanel[] {
  return (panels as DrawnPanel[]).filter(({ type }) => type !== 'row');
}

/** With Grafana's own variables set to what they may be. */
export function expressionsOf(dashboard: Dashboard): string[] {
  return panelsOf(dashboard).flatMap(({ targets = [] }) =>
    targets.map(({ expr = '' }) => expr.replaceAll('$__range', '6h')),
  );
}
