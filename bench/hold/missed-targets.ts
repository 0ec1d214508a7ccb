import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { HoldsFigures } from './measure-holds.ts';

/** The most Actions of the default canary, by its blind time in milliseconds. */
export const actionTargets = new Map([
  [30_000, 200],
  [150_000, 60],
]);

export function missedTargets({ counted, blind }: HoldsFigures): string[] {
  const tooDear = counted.flatMap(({ blindTimeMs, defaultLadder: { total } }) => {
    const target = actionTargets.get(blindTimeMs);
    if (target === undefined || total <= target) return [];
    return [`${total} Actions with ${formatDuration(blindTimeMs)}; at most ${target}`];
  });
  const miscounted = counted.flatMap(({ blindTimeMs, heartbeats, total, byServer }) => {
    const { counted: beats, expected } = heartbeats;
    const where = `with a blind time of ${formatDuration(blindTimeMs)}`;
    return [
      ...(beats === expected ? [] : [`${beats} heartbeats ${where}, not ${expected}`]),
      ...(total === byServer.total
        ? []
        : [`${total} Actions ${where}, but the server counted ${byServer.total}`]),
    ];
  });
  const tooLong = blind.flatMap(({ blindTimeMs, successor, blindMs: { max } }) =>
    max <= blindTimeMs
      ? []
      : [`blind for ${(max / 1_000).toFixed(1)} s (${successor}); at most ${blindTimeMs / 1_000}`],
  );
  return [...tooDear, ...miscounted, ...tooLong];
}
