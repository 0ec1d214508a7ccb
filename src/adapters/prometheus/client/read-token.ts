import { readFile } from 'node:fs/promises';
import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';

/** Read for every request, because a cluster replaces mounted tokens while they are in use. */
export async function readToken(file: string): Promise<string> {
  const token = await readFile(file, 'utf8').catch((error: unknown) => {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new SourceError(`the token file ${file} of Prometheus cannot be read: ${code}`);
  });
  const trimmed = token.trim();
  // An invalid header value would be quoted in the error of the HTTP client.
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new SourceError(
    `the token file ${file} of Prometheus does not contain a token (one line of text)`,
  );
}
