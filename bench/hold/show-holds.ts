import { formatDuration } from '../../src/specs/kernel/duration.ts';
import { print, printTable, seconds } from '../report/tell.ts';
import type { BlindTimeFigures } from './measure-blind-time.ts';
import type { CountFigures } from './count-canary.ts';
import type { HistoryFigures } from './count-history.ts';
import { defaultHoldsMs } from './ladder.ts';
import type { HoldsFigures } from './measure-holds.ts';
import { actionTargets } from './missed-targets.ts';

export function showHolds({ counted, blind, history }: HoldsFigures): void {
  if (counted.length > 0) showCounts(counted);
  if (blind.length > 0) showBlindTimes(blind);
  if (history) showHistory(history);
}

function showCounts(counted: CountFigures[]): void {
  const row = (name: string, figure: (count: CountFigures) => number | string) => [
    name,
    ...counted.map((count) => String(figure(count))),
  ];
  const ran = formatDuration(counted[0]?.holdsMs ?? 0);
  print(`Temporal Actions of the default canary. It ran with ${ran} of holds.`);
  printTable([
    row('blind time', ({ blindTimeMs }) => formatDuration(blindTimeMs)),
    row('history events', ({ historyEvents }) => historyEvents),
    row('Actions in the history', ({ inHistory }) => inHistory.total),
    row('  of change control', ({ ofChangeControl }) => ofChangeControl.total),
    row('heartbeats, counted by the server', ({ heartbeats }) => heartbeats.counted),
    row('heartbeats, expected', ({ heartbeats }) => heartbeats.expected),
    row('Actions of this run', ({ total }) => total),
    row('the same, counted by the server', ({ byServer }) => byServer.total),
    row(
      `heartbeats of ${formatDuration(defaultHoldsMs)}`,
      (count) => count.defaultLadder.heartbeats,
    ),
    row(`Actions of ${formatDuration(defaultHoldsMs)}`, (count) => count.defaultLadder.total),
    row('  as estimated by the plan', (count) => count.defaultLadder.estimated),
    row('  at most', ({ blindTimeMs }) => actionTargets.get(blindTimeMs) ?? '-'),
  ]);
  print('In the history, and in that of change control, by kind:');
  for (const { blindTimeMs, inHistory, ofChangeControl } of counted) {
    for (const { total, ...kinds } of [inHistory, ofChangeControl]) {
      print(`  ${formatDuration(blindTimeMs)}: ${listKinds(kinds)}: ${total}`);
    }
  }
  print('Counted by the server, by kind:');
  for (const { blindTimeMs, byServer } of counted) {
    print(`  ${formatDuration(blindTimeMs)}: ${listKinds(byServer.kinds)}: ${byServer.total}`);
  }
}

function listKinds(kinds: Record<string, number>): string {
  return Object.entries(kinds)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

function showBlindTimes(blind: BlindTimeFigures[]): void {
  print('\nFrom the SIGKILL of the worker that watches, right after its last heartbeat, until the');
  print('watch runs again, in seconds:');
  printTable([
    ['blind time', 'watched again by', 'times', 'p50', 'max', 'at most'],
    ...blind.map(({ blindTimeMs, successor, blindMs: { count, p50, max } }) => [
      formatDuration(blindTimeMs),
      successor,
      String(count),
      seconds(p50),
      seconds(max),
      String(blindTimeMs / 1_000),
    ]),
  ]);
}

function showHistory({ rollout, historyEvents, inHistory, holdsMs, heartbeats }: HistoryFigures) {
  const { total, ...kinds } = inHistory;
  print(`${rollout}: ${historyEvents} events, ${total} Actions in the history`);
  for (const [kind, count] of Object.entries(kinds)) print(`  ${count} ${kind}`);
  print(`holds: ${holdsMs.map(formatDuration).join(', ') || 'none'}`);
  for (const { blindTimeMs, expected } of heartbeats) {
    const all = total + expected;
    print(
      `with a blind time of ${formatDuration(blindTimeMs)}: ${expected} computed heartbeats, ${all} Actions`,
    );
  }
}
