import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TarNames } from './tar-names.ts';

export interface ReadContents {
  /** Of the file in the location. */
  bytes: number;
  /** In the archive. */
  names: ReadonlySet<string>;
}

/** Reads the archive of a set's objects to its end. Throws where it is not what gzip and tar wrote. */
export async function readContents(
  body: ReadableStream<Uint8Array>,
  cancelled: AbortSignal,
): Promise<ReadContents> {
  let bytes = 0;
  const names = new TarNames();
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const part of source) {
      bytes += part.length;
      yield part;
    }
  };
  await pipeline(Readable.fromWeb(body as never), counted, createGunzip(), names, {
    signal: cancelled,
  });
  return { bytes, names: names.found };
}
