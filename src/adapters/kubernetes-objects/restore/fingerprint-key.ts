import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';

interface KeptKey {
  key: string;
}

/** Of this agent: beside the records that it is for, and not in them. Made once. */
export async function fingerprintKey(stagingFolder: string): Promise<string> {
  const file = join(stagingFolder, 'fingerprint-key.json');
  const kept = await readWritten<KeptKey>(file);
  if (kept) return kept.key;
  const made = { key: randomBytes(32).toString('base64url') };
  await writeDurably(file, made);
  return (await readWritten<KeptKey>(file))?.key ?? made.key;
}
