import { hourMs, minuteMs, minuteOf, type Minute } from '../../contracts/objectives/minute.ts';
import { emptyTally, type Tally } from '../../contracts/objectives/tally.ts';
import { addTallies, tallyMinutes, type Span, type TallyOptions } from './tally.ts';

/** What is known of an objective. */
export interface KnownTime {
  minutes: ReadonlyMap<number, Minute>;
  /** By their beginning: what all minutes of an hour add up to, whether they are known or not. */
  hours: ReadonlyMap<number, Tally>;
  /** By their beginning: several hours, of which only the sum is known. */
  blocks?: ReadonlyMap<number, Block>;
}

export interface Block {
  untilMs: number;
  tally: Tally;
}

const silentHour: Tally = { ...emptyTally, noDataMs: hourMs, unknownMs: hourMs };

/**
 * What a time adds up to: from whole hours where they are known, and from minutes at its ends, and
 * wherever something is excluded.
 */
export function tallySpan(known: KnownTime, span: Span, options: TallyOptions): Tally {
  const [fromMs, untilMs] = [minuteOf(span.fromMs), minuteOf(span.untilMs)];
  const parts: Tally[] = [];
  let open: Span | undefined;
  const close = () => {
    if (open !== undefined) parts.push(tallyMinutes(known.minutes, open, options));
    open = undefined;
  };
  for (let atMs = fromMs; atMs < untilMs;) {
    const block = known.blocks?.get(atMs);
    if (block !== undefined && block.untilMs <= untilMs) {
      close();
      parts.push(block.tally);
      atMs = block.untilMs;
      continue;
    }
    const endMs = Math.min(untilMs, Math.floor(atMs / hourMs) * hourMs + hourMs);
    const isWhole = endMs - atMs === hourMs;
    const isExcluded = options.exclusions.some(
      (each) => each.fromMs < endMs && each.untilMs > atMs,
    );
    const hour = known.hours.get(atMs);
    if (isWhole && !isExcluded && (hour !== undefined || !hasMinutes(known, atMs))) {
      close();
      parts.push(hour ?? silentHour);
    } else {
      open = { fromMs: open?.fromMs ?? atMs, untilMs: endMs };
    }
    atMs = endMs;
  }
  close();
  return addTallies(parts);
}

function hasMinutes({ minutes }: KnownTime, hourAtMs: number): boolean {
  for (let atMs = hourAtMs; atMs < hourAtMs + hourMs; atMs += minuteMs) {
    if (minutes.has(atMs)) return true;
  }
  return false;
}
