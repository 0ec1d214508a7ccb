import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/**
 * The text of a body up to a limit, counted after decompression, because a small response may be a huge
 * one when it is decompressed.
 */
export async function readBounded(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ body: string; isWhole: boolean }> {
  if (maxBytes === 0) return { body: '', isWhole: false };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isWhole = true;
  for await (const chunk of decompressed(response) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes <= maxBytes) continue;
    isWhole = false;
    break;
  }
  const read = Buffer.concat(chunks).subarray(0, maxBytes);
  return { body: new TextDecoder().decode(read), isWhole };
}

function decompressed(response: IncomingMessage): Readable {
  const decompress = decompressorOf(response.headers['content-encoding']);
  // Its errors end the reading of what it hands on.
  return decompress ? pipeline(response, decompress, () => {}) : response;
}

function decompressorOf(encoding: string | undefined) {
  switch (encoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
