import type { IncidentFacts, TimelineEntry } from '../../../contracts/recovery/incident.ts';
import { oneLine, shorten } from '../../kernel/notifications/bounded-text.ts';

/** Every status carries the timeline, so it stays small. */
const keptEntries = 300;
const longestEntry = 500;

/** In the order in which they were recorded. */
export function addEntry(
  facts: IncidentFacts,
  { text, ...entry }: Omit<TimelineEntry, 'happenedAtMs'> & { happenedAtMs?: number },
): IncidentFacts {
  const added: TimelineEntry = {
    happenedAtMs: entry.recordedAtMs,
    ...entry,
    text: shorten(oneLine(text), longestEntry),
  };
  const timeline = [...facts.timeline, added];
  if (timeline.length <= keptEntries) return { ...facts, timeline };
  const dropped = timeline.findIndex(({ isMilestone }) => isMilestone !== true);
  // Where all of them count, how it began does more than what came after.
  timeline.splice(dropped < 0 ? Math.floor(keptEntries / 3) : dropped, 1);
  return { ...facts, timeline, timelineLeftOut: facts.timelineLeftOut + 1 };
}

/** In the order in which it happened. */
export function inOrder(timeline: readonly TimelineEntry[]): TimelineEntry[] {
  return timeline.toSorted((one, other) => one.happenedAtMs - other.happenedAtMs);
}
