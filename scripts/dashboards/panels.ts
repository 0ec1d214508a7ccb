/* eslint-disable @typescript-eslint/no-deprecated -- Every Grafana imports the classic form; the newer one wants version 12. */
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  type Dashboard,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const source: DataSourceRef = { type: 'prometheus', uid: '${source}' };

export type ClassicDashboard = Dashboard;

/** One panel; `series` maps each legend to its expression. */
export interface Drawing {
  title: string;
  /** The panel's description, shown to its reader. */
  about: string;
  /** One of Grafana's units. */
  unit: string;
  series: Record<string, string>;
}

export function dashboard(uid: string, title: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .tags(['belay'])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('source').label('Source').type('prometheus'));
}

export const row = (title: string) => new RowBuilder(title);

/** Values over time. */
export function course({ title, about, unit, series }: Drawing): TimeseriesBuilder {
  const panel = new TimeseriesBuilder().title(title).description(about).unit(unit).min(0);
  panel.datasource(source).height(8).span(12).fillOpacity(10);
  return panel.targets(queries(series));
}

/** The current value, in large type. */
export function figure({ title, about, unit, series }: Drawing): StatBuilder {
  const panel = new StatBuilder().title(title).description(about).unit(unit).noValue('0');
  panel.datasource(source).height(4).span(6);
  return panel.targets(queries(series).map((query) => query.instant()));
}

function queries(series: Record<string, string>): DataqueryBuilder[] {
  return Object.entries(series).map(([legend, expression], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(source)
      .expr(expression)
      .legendFormat(legend),
  );
}
