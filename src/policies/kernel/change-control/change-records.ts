import type { ChangeRecord } from '../../../contracts/kernel/change-control.ts';
import { shorten } from '../notifications/bounded-text.ts';

/** The state is a payload, so it keeps the newest only. */
const keptRecords = 50;
const longestRecord = 400;

export function withRecord(
  records: readonly ChangeRecord[],
  { atMs, text }: ChangeRecord,
): ChangeRecord[] {
  return [...records, { atMs, text: shorten(text, longestRecord) }].slice(-keptRecords);
}
