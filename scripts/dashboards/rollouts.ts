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
        about: 'That Temporal lists as running.',
        unit: Short,
        series: { open: 'sum(max by (kind, environment, phase) (belay_rollouts_open))' },
      }),
    )
    .withPanel(
      figure({
        title: 'Waiting for a person',
        about: 'Paused, inconclusive, awaiting approval, stuck, or with an undo that failed.',
        unit: Short,
        series: {
          waiting: 'count(max by (environment, service, phase) (belay_rollout_waiting))',
        },
      }),
    )
    .withPanel(
      figure({
        title: 'Ended in this range',
        about: 'Whatever the outcome.',
        unit: Short,
        series: { ended: 'sum(increase(belay_rollouts_total[$__range]))' },
      }),
    )
    .withPanel(
      figure({
        title: 'Not promoted in this range',
        about: 'Share of those that ended as RolledBack, Aborted or UndoFailed.',
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
        about: 'in-stage is a hold whose clock runs, or the acts around it.',
        unit: Short,
        series: {
          '{{phase}}': 'sum by (phase) (max by (kind, environment, phase) (belay_rollouts_open))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Ended by outcome',
        about: 'Per hour.',
        unit: Short,
        series: { '{{outcome}}': 'sum by (outcome) (increase(belay_rollouts_total[1h]))' },
      }),
    )
    .withPanel(
      course({
        title: 'How long rollouts take',
        about: 'From start to end, holds and waiting for people included; over a day.',
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
        title: 'Services rolled back most',
        about: 'The ten with the most rollouts that were not promoted, over a day.',
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
        about: 'Per second, by what they said. inconclusive is no data.',
        unit: Short,
        series: {
          '{{judge}} {{result}}': 'sum by (judge, result) (rate(belay_measurements_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Verdicts',
        about: 'Per hour, early or at the deadline of the hold.',
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
        about: 'Through the router, by track.',
        unit: RequestsPerSecond,
        series: {
          '{{service}} {{track}}':
            'sum by (service, track) (rate(belay_router_requests_total[1m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Requests that failed',
        about: 'Share answered 5xx, by track.',
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
        about: 'From a request to the end of its response, by track.',
        unit: Seconds,
        series: {
          '{{service}} {{track}}':
            'histogram_quantile(0.99, sum by (service, track, le) (rate(belay_router_request_duration_seconds_bucket[1m])))',
        },
      }),
    )
    .build();
}
