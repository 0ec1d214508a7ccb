import {
  BytesIEC,
  OpsPerSecond,
  PercentUnit,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

export function workersDashboard(): ClassicDashboard {
  return dashboard('belay-workers', 'Belay: workers')
    .withPanel(
      figure({
        title: 'Workers',
        about: 'By version.',
        unit: Short,
        series: { '{{version}}': 'sum by (version) (belay_worker_info)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Queues polled',
        about: 'Workers that take up work on each queue.',
        unit: Short,
        series: { '{{queue}}': 'sum by (queue) (belay_worker_polling)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Temporal answers',
        about: 'To how many workers.',
        unit: Short,
        series: { workers: 'sum(belay_temporal_answers)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Open holds',
        about: 'Watched now.',
        unit: Short,
        series: { holds: 'sum(belay_activities_running{activity="watchHold"})' },
      }),
    )
    .withPanel(
      figure({
        title: 'Leftovers',
        about: 'Places and dead rollouts that the last sweep could not clean up.',
        unit: Short,
        series: { leftovers: 'max(belay_leftovers_failed)' },
      }),
    )
    .withRow(row('Activities'))
    .withPanel(
      course({
        title: 'Running',
        about: 'By type.',
        unit: Short,
        series: { '{{activity}}': 'sum by (activity) (belay_activities_running)' },
      }),
    )
    .withPanel(
      course({
        title: 'Ended',
        about: 'Attempts per second.',
        unit: OpsPerSecond,
        series: { '{{activity}}': 'sum by (activity) (rate(belay_activities_total[5m]))' },
      }),
    )
    .withPanel(
      course({
        title: 'Failed',
        about:
          'Share of attempts; cancelled ones and those that asked to be tried again are no failures.',
        unit: PercentUnit,
        series: {
          '{{activity}}':
            'sum by (activity) (rate(belay_activities_total{result="failed"}[5m])) / sum by (activity) (rate(belay_activities_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'How long they take',
        about: 'p95 of those that completed. A watchHold takes as long as its hold.',
        unit: Seconds,
        series: {
          '{{activity}}':
            'histogram_quantile(0.95, sum by (activity, le) (rate(belay_activity_duration_seconds_bucket{result="completed"}[5m])))',
        },
      }),
    )
    .withRow(row('Dependencies'))
    .withPanel(
      course({
        title: 'Breakers',
        about: '0 closed, 1 open, 2 half-open; the worst of all workers and gateways.',
        unit: Short,
        series: { '{{dependency}}': 'max by (dependency) (circuit_breaker_state)' },
      }),
    )
    .withPanel(
      course({
        title: 'Calls that failed or were not made',
        about: 'Per second; rejected are those that an open breaker kept away.',
        unit: OpsPerSecond,
        series: {
          '{{dependency}} {{result}}':
            'sum by (dependency, result) (rate(circuit_breaker_calls_total{result!="success"}[5m]))',
        },
      }),
    )
    .withRow(row('Gateways'))
    .withPanel(
      course({
        title: 'Requests',
        about: 'Per second, by what was asked for and how it was answered.',
        unit: OpsPerSecond,
        series: {
          '{{route}} {{status}}': 'sum by (route, status) (rate(belay_gateway_requests_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Alerts',
        about: 'Per second, by what became of them.',
        unit: OpsPerSecond,
        series: { '{{result}}': 'sum by (result) (rate(belay_gateway_alerts_total[5m]))' },
      }),
    )
    .withRow(row('Workers'))
    .withPanel(
      course({
        title: 'Slots taken',
        about: 'Share of what all workers can execute at once.',
        unit: PercentUnit,
        series: {
          '{{queue}}':
            'sum by (queue) (belay_worker_slots_used) / sum by (queue) (belay_worker_slots)',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Workflows in memory',
        about: 'Cached by each worker.',
        unit: Short,
        series: { '{{instance}}': 'belay_worker_cached_workflows' },
      }),
    )
    .withPanel(
      course({
        title: 'Memory',
        about: 'Resident, by worker.',
        unit: BytesIEC,
        series: { '{{instance}}': 'process_resident_memory_bytes{job="belay"}' },
      }),
    )
    .withPanel(
      course({
        title: 'Event loop lag',
        about: 'p99, by worker: above a second heartbeats come late.',
        unit: Seconds,
        series: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="belay"}' },
      }),
    )
    .build();
}
