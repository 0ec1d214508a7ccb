import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterLayout } from '../layout.ts';

/** Writes a daemon's settings (YAML, or plain text) and returns the file's path. */
export async function settingsFile(
  { settings }: ClusterLayout,
  name: string,
  content: object | string,
): Promise<string> {
  const path = join(settings, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}
