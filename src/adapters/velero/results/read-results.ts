import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Velero } from '../settings.ts';
import { download } from './download.ts';

/** What Velero says of a backup or a restore beyond its counts. */
export interface Results {
  errors: string[];
  warnings: string[];
}

/** As Velero writes it: by what it is about. */
interface WrittenResult {
  velero?: readonly string[];
  cluster?: readonly string[];
  namespaces?: Readonly<Record<string, readonly string[]>>;
}

const mostBytes = 4 * 1_048_576;
const mostNamed = 10;

/** Undefined where they cannot be read from here: their number is known all the same. */
export async function readResults(
  velero: Velero,
  of: { kind: 'BackupResults' | 'RestoreResults'; name: string },
  cancelled: AbortSignal,
): Promise<Results | undefined> {
  const file = await download(velero, of, cancelled);
  if (!('body' in file)) return undefined;
  try {
    return parseResults(await unzipped(file.body));
  } catch (error) {
    if (cancelled.aborted) throw error;
    return undefined;
  }
}

export function parseResults(text: string): Results {
  const { errors, warnings } = JSON.parse(text) as Partial<Record<keyof Results, WrittenResult>>;
  return { errors: listed(errors), warnings: listed(warnings) };
}

function listed({ velero = [], cluster = [], namespaces = {} }: WrittenResult = {}): string[] {
  const all = [
    ...velero,
    ...cluster,
    ...Object.entries(namespaces).flatMap(([namespace, lines]) =>
      lines.map((line) => `${namespace}: ${line}`),
    ),
  ].map((line) => line.trim());
  const more = all.length > mostNamed ? [`and ${all.length - mostNamed} more`] : [];
  return [...all.slice(0, mostNamed), ...more];
}

async function unzipped(body: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of Readable.fromWeb(body as never).pipe(createGunzip())) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new RangeError('more than anybody reads');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}
