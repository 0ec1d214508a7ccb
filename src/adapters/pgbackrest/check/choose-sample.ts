import { createHash } from 'node:crypto';
import { storedPath } from './check-manifests.ts';
import type { Manifest } from '../repository/manifest.ts';

export interface SampledFile {
  path: string;
  checksum: string;
  bytes: number;
}

/**
 * Files with about the stated part of the data, the same ones for the same seed. Undefined where the
 * set cannot be sampled: files are stored together, or without the checksum of what is stored.
 */
export function chooseSample(
  manifest: Manifest,
  { percent, seed }: { percent: number; seed: string },
): SampledFile[] | undefined {
  const files: SampledFile[] = [];
  for (const file of manifest.files) {
    if (file.bundled) return undefined;
    const path = storedPath(file, manifest.extension);
    if (path === undefined) continue;
    if (file.storedChecksum === undefined) return undefined;
    files.push({ path, checksum: file.storedChecksum, bytes: file.storedBytes });
  }
  const wanted = (files.reduce((sum, { bytes }) => sum + bytes, 0) * percent) / 100;
  const order = files
    .map((file) => ({ file, rank: rankOf(seed, file.path) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen: SampledFile[] = [];
  let bytes = 0;
  for (const { file } of order) {
    if (bytes >= wanted) break;
    chosen.push(file);
    bytes += file.bytes;
  }
  return chosen;
}

function rankOf(seed: string, path: string): string {
  return createHash('sha256').update(`${seed}\n${path}`).digest('hex');
}
