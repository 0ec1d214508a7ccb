/** The head of `global/pg_control`, which has been the same since PostgreSQL 12. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const controlPath = join('global', 'pg_control');
/** Its name while a node is fenced: no server starts without it, whoever starts it. */
export const fencedControlPath = join('global', 'pg_control.fenced-by-belay');

const states = [
  'starting',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in recovery',
  'in production',
] as const;

export interface ControlFile {
  systemIdentifier: string;
  state: (typeof states)[number];
  /** Where the last checkpoint begins. */
  checkpointLsn: string;
  /** Of the last checkpoint: a server that was just promoted still has the old one. */
  timeline: number;
  /**
   * Recovery has to come as far as this at least. A primary has it between its promotion and its first
   * checkpoint.
   */
  minimum?: { lsn: string; timeline: number };
  isFenced: boolean;
}

/** Also of a node that is fenced; undefined where there is none, or of no version that is known. */
export async function readControlFile(dataFolder: string): Promise<ControlFile | undefined> {
  for (const path of [controlPath, fencedControlPath]) {
    const bytes = await readFile(join(dataFolder, path)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes) return parseControlFile(bytes, path === fencedControlPath);
  }
  return undefined;
}

export function parseControlFile(bytes: Buffer, isFenced: boolean): ControlFile | undefined {
  if (bytes.length < 152) return undefined;
  const version = bytes.readUInt32LE(8);
  const state = states[bytes.readUInt32LE(16)];
  if (version < 1100 || version >= 3000 || state === undefined) return undefined;
  const minimum = bytes.readBigUInt64LE(136);
  return {
    systemIdentifier: bytes.readBigUInt64LE(0).toString(),
    state,
    checkpointLsn: formatLsn(bytes.readBigUInt64LE(32)),
    timeline: bytes.readUInt32LE(48),
    ...(minimum > 0n && {
      minimum: { lsn: formatLsn(minimum), timeline: bytes.readUInt32LE(144) },
    }),
    isFenced,
  };
}

function formatLsn(position: bigint): string {
  const hex = (part: bigint) => part.toString(16).toUpperCase();
  return `${hex(position >> 32n)}/${hex(position & 0xffffffffn)}`;
}
