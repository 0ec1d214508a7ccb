import {
  PercentUnit,
  RequestsPerSecond,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

const bad = 'RolledBack|Aborted|UndoFailed';

export function rolloutsDashboard(): ClassicDashboard {
  return dashboard('belay-rollouts', 'Belay: rollouts')
    .withPanel(
      figure({
        title: 'Open rollouts',
        about: 'Rollouts that Temporal lists as running.',
        unit: Short,
        series: { open: 'sum(max by (kind, environment, phase) (belay_rollouts_open))' },
      }),
    )
    .withPanel(
      figure({
        title: 'Waiting for a person',
        about:
          'Rollouts that are paused, inconclusive, awaiting approval, stuck, or whose undo failed.',
        unit: Short,
        series: {
          waiting: 'count(max by (environment, service, phase) (belay_rollout_waiting))',
        },
      }),
    )
    .withPanel(
      figure({
        title: 'Ended in this range',
        about: 'Rollouts that ended, with any outcome.',
        unit: Short,
        series: { ended: 'sum(increase(belay_rollouts_total[$__range]))' },
      }),
    )
    .withPanel(
      figure({
        title: 'Not promoted in this range',
        about: 'Share of ended rollouts with the outcome RolledBack, Aborted or UndoFailed.',
        unit: PercentUnit,
        series: {
          'not promoted': `sum(increase(belay_rollouts_total{outcome=~"${bad}"}[$__range])) / sum(increase(belay_rollouts_total[$__range]))`,
        },
      }),
    )
    .withRow(row('Rollouts'))
    .withPanel(
      course({
        title: 'Open by phase',
        about: 'in-stage: a hold is running, or the acts before or after it.',
        unit: Short,
        series: {
          '{{phase}}': 'sum by (phase) (max by (kind, environment, phase) (belay_rollouts_open))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Ended by outcome',
        about: 'Rollouts per hour.',
        unit: Short,
        series: { '{{outcome}}': 'sum by (outcome) (increase(belay_rollouts_total[1h]))' },
      }),
    )
    .withPanel(
      course({
        title: 'Duration of rollouts',
        about: 'From start to end, including holds and waiting for people; over the last day.',
        unit: Seconds,
        series: {
          'median {{kind}}':
            'histogram_quantile(0.5, sum by (kind, le) (increase(belay_rollout_duration_seconds_bucket[1d])))',
          'p90 {{kind}}':
            'histogram_quantile(0.9, sum by (kind, le) (increase(belay_rollout_duration_seconds_bucket[1d])))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Services with the most failed rollouts',
        about: 'The ten services with the most rollouts that were not promoted, over the last day.',
        unit: Short,
        series: {
          '{{environment}}/{{service}}': `topk(10, sum by (environment, service) (increase(belay_service_rollouts_total{outcome=~"${bad}"}[1d])))`,
        },
      }),
    )
    .withRow(row('Analysis'))
    .withPanel(
      course({
        title: 'Measurements',
        about: 'Measurements per second, by result. inconclusive: the measurement had no data.',
        unit: Short,
        series: {
          '{{judge}} {{result}}': 'sum by (judge, result) (rate(belay_measurements_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Verdicts',
        about: 'Verdicts per hour, decided early or at the end of the hold.',
        unit: Short,
        series: {
          '{{verdict}} {{decided}}':
            'sum by (verdict, decided) (increase(belay_verdicts_total[1h]))',
        },
      }),
    )
    .withRow(row('Services on the local platform'))
    .withPanel(
      course({
        title: 'Requests',
        about: 'Requests per second through the router, by track.',
        unit: RequestsPerSecond,
        series: {
          '{{service}} {{track}}':
            'sum by (service, track) (rate(belay_router_requests_total[1m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Failed requests',
        about: 'Share of requests answered with 5xx, by track.',
        unit: PercentUnit,
        series: {
          '{{service}} {{track}}':
            'sum by (service, track) (rate(belay_router_requests_total{code=~"5.."}[1m])) / sum by (service, track) (rate(belay_router_requests_total[1m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'p99 latency',
        about: 'Time from the request to the end of its response, by track.',
        unit: Seconds,
        series: {
          '{{service}} {{track}}':
            'histogram_quantile(0.99, sum by (service, track, le) (rate(belay_router_request_duration_seconds_bucket[1m])))',
        },
      }),
    )
    .build();
}
