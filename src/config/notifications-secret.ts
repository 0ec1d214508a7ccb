import { open } from 'node:fs/promises';
import type { SecretRef } from '../specs/kernel/notifications.ts';
import { refuseSecret, type SecretPurpose } from '../specs/kernel/notifications-secrets.ts';
import type { Environment } from './load-config.ts';

/** The problem never holds the secret, nor a part of it. */
export type ReadSecret = { ok: true; value: string } | { ok: false; problem: string };

export type SecretReader = (ref: SecretRef, purpose: SecretPurpose) => Promise<ReadSecret>;

/** Files are read at every call, so that a secret can be changed under a running worker. */
export function secretReader(env: Environment = process.env): SecretReader {
  return async (ref, purpose) => {
    const [place, kept] =
      'env' in ref
        ? [`the variable ${ref.env}`, env[ref.env] ?? notThere('is not set')]
        : [`the file ${ref.file}`, await readSmall(ref.file)];
    if (typeof kept !== 'string') return { ok: false, problem: `${place} ${kept.problem}` };
    const value = kept.trim();
    if (value === '') return { ok: false, problem: `${place} is empty` };
    const complaint = refuseSecret(purpose, value);
    return complaint === undefined
      ? { ok: true, value }
      : { ok: false, problem: `${place} ${complaint}` };
  };
}

const largestBytes = 256 * 1024;

async function readSmall(path: string): Promise<string | { problem: string }> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile()) return notThere('is no file');
      const { buffer, bytesRead } = await file.read(Buffer.alloc(largestBytes + 1));
      return bytesRead > largestBytes
        ? notThere(`is larger than ${largestBytes / 1024} KB`)
        : buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return notThere(`cannot be read (${code})`);
  }
}

function notThere(problem: string) {
  return { problem };
}
