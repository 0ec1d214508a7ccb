import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { packTar } from '../../../scripts/one-node-cluster/images/tar.ts';
import { readContents } from '../../../src/adapters/velero/results/read-contents.ts';
import { parseResults } from '../../../src/adapters/velero/results/read-results.ts';

const never = new AbortController().signal;
const names = ['metadata/version', 'resources/persistentvolumeclaims/namespaces/shop/data.json'];
const archive = packTar(names.map((path) => ({ path, content: Buffer.alloc(700, 'x') })));

/** In pieces that end in the middle of everything. */
function inPieces(bytes: Buffer): ReadableStream<Uint8Array> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 33) }, (_, index) =>
    bytes.subarray(index * 33, (index + 1) * 33),
  );
  return new ReadableStream({
    pull: (controller) => {
      const next = pieces.shift();
      if (next) controller.enqueue(new Uint8Array(next));
      else controller.close();
    },
  });
}

it('the archive of a set is read to its end', async () => {
  const packed = gzipSync(archive);
  const read = await readContents(inPieces(packed), never);
  expect(read).toEqual({ bytes: packed.length, names: new Set(names) });
});

it('an archive that was cut off, or with a flipped bit, is damaged', async () => {
  const packed = gzipSync(archive);
  await expect(readContents(inPieces(packed.subarray(0, -9)), never)).rejects.toThrow();
  const flipped = Buffer.from(packed);
  flipped[40] = flipped[40]! ^ 4;
  await expect(readContents(inPieces(flipped), never)).rejects.toThrow();
  const short = gzipSync(archive.subarray(0, 900));
  await expect(readContents(inPieces(short), never)).rejects.toThrow('in the middle of a file');
});

it('what Velero says of a backup is read from each of its parts, and bounded', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
  const text = JSON.stringify({
    errors: { velero: ['no such bucket'], namespaces: { shop: ['pod web-0: no node agent'] } },
    warnings: { cluster: lines },
  });
  expect(parseResults(text)).toEqual({
    errors: ['no such bucket', 'shop: pod web-0: no node agent'],
    warnings: [...lines.slice(0, 10), 'and 2 more'],
  });
});
