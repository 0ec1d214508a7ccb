import type { Damage } from '../../../contracts/backups/store.ts';
import type { ListedFile } from '../wal/archive-listing.ts';
import type { Manifest } from '../repository/manifest.ts';

/** One of the two copies that pgBackRest keeps of a manifest; `text` is absent where it is gone. */
export interface ReadManifest {
  name: string;
  manifest?: Manifest;
  /** Why it could not be read. */
  missing?: string;
}

/** Both copies have to be there, whole, and about this set: pgBackRest falls back without a word. */
export function judgeManifests(label: string, copies: readonly ReadManifest[]): Damage[] {
  return copies.flatMap(({ name, manifest, missing }) => {
    const where = `${label}/${name}`;
    if (missing !== undefined) return [{ where, what: missing }];
    if (manifest === undefined) return [{ where, what: 'is not a manifest' }];
    if (manifest.label !== label) {
      return [{ where, what: `is the manifest of another set: ${manifest.label}` }];
    }
    return manifest.intact ? [] : [{ where, what: 'differs from its own checksum' }];
  });
}

/** The path of a file of a set below the folder of the stanza; absent where it has none of its own. */
export function storedPath(file: Manifest['files'][number], extension: string): string | undefined {
  // A file of no bytes is in the manifest alone, in some versions.
  if (file.bundled || file.storedBytes === 0) return undefined;
  return `${file.set}/${file.name}${extension}`;
}

/** Every file that the manifest lists, in its place and of its size. Reads no content. */
export function judgeFiles(manifest: Manifest, listed: readonly ListedFile[]): Damage[] {
  const sizes = new Map(listed.map(({ path, bytes }) => [path, bytes]));
  return manifest.files.flatMap((file) => {
    const path = storedPath(file, manifest.extension);
    if (path === undefined) return [];
    const bytes = sizes.get(path);
    if (bytes === undefined) return [{ where: path, what: 'is missing' }];
    if (bytes === file.storedBytes) return [];
    return [{ where: path, what: `has ${bytes} bytes instead of ${file.storedBytes}` }];
  });
}
