import type { google } from '@temporalio/proto';

/** Milliseconds since the epoch; 0 if there is none. */
export function timestampMs(time: google.protobuf.ITimestamp | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Number(time?.nanos ?? 0) / 1_000_000;
}
