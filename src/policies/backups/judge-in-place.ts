import type { PlaceFacts, ServerState } from '../../contracts/backups/place.ts';
import type { RestoreTarget } from '../../contracts/backups/store.ts';

/** Every reason why nothing is restored in the place of a database; empty: it is. */
export function judgePlaceFacts(
  { refusals, running }: PlaceFacts,
  { stop }: { stop: boolean },
): string[] {
  const isInTheWay = running && !stop;
  return [
    ...refusals,
    ...(isInTheWay ? ['PostgreSQL runs there: stop it first, or ask for that (stop: true)'] : []),
  ];
}

/** What of a server that takes writes again is not what was asked for. */
export function judgeRecovered(
  before: Pick<PlaceFacts, 'identity' | 'timeline'>,
  { identity, timeline, replayedUntilMs }: ServerState,
  target: RestoreTarget,
): string[] {
  const at = (ms: number) => new Date(ms).toISOString();
  return [
    ...(before.identity === undefined || before.identity === identity
      ? []
      : [`its system identifier is ${identity ?? 'unknown'}, and was ${before.identity}`]),
    ...(timeline === undefined ? ['its timeline is not known'] : []),
    ...(timeline !== undefined && timeline <= (before.timeline ?? 0)
      ? [`it is on timeline ${timeline}, which the former server wrote to`]
      : []),
    ...(target.kind === 'time' && replayedUntilMs !== undefined && replayedUntilMs > target.atMs
      ? [`its last transaction is of ${at(replayedUntilMs)}, after ${at(target.atMs)}`]
      : []),
  ];
}
