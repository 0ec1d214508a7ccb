import type { GuardOf, Outcome, Sign } from '../../contracts/breakers.ts';
import { SourceError } from '../../contracts/metric-reader.ts';
import { formatDuration } from '../../specs/duration.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import { parseAddress, shownAddress } from './address.ts';

interface GetOptions {
  signal: AbortSignal;
  /** When the signal gives up, for the message. */
  timeoutMs: number;
  /** By origin. */
  guardOf?: GuardOf | undefined;
}

/** Nobody answered, or only to say that something broke. */
class Unwell extends SourceError {}

const maxBytes = 1_000_000;
const maxRedirects = 3;

/**
 * The document at a URL, following redirects within its origin. Every failure is a SourceError of
 * one line that names origin and path alone: a query may carry credentials.
 */
export async function getJson(url: string, options: GetOptions): Promise<unknown> {
  const address = parseAddress(url);
  if (!address) {
    throw new SourceError(
      'the url cannot be asked: write one that begins with http:// or https://, with a host, and without user and password',
    );
  }
  const guard = options.guardOf?.(`http/${address.host}`);
  if (!guard) return await get(address, options);
  try {
    return await guard(() => get(address, options), judgeAnswer);
  } catch (error) {
    throw error instanceof BreakerOpen ? new SourceError(error.message, { cause: error }) : error;
  }
}

function judgeAnswer(outcome: Outcome<unknown>): Sign {
  if ('value' in outcome) return 'well';
  return outcome.error instanceof Unwell ? { unwell: outcome.error.message } : 'well';
}

async function get(address: URL, { signal, timeoutMs }: GetOptions): Promise<unknown> {
  const asked = shownAddress(address);
  try {
    const response = await follow(address, signal);
    if (!response.ok) {
      await response.body?.cancel();
      const refused = `${asked} answered ${response.status}`;
      throw response.status >= 500 ? new Unwell(refused) : new SourceError(refused);
    }
    return parse(await readBounded(response, asked), asked);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new Unwell(
      signal.aborted
        ? `${asked} did not answer within ${formatDuration(timeoutMs)}`
        : `${asked} could not be asked: ${rootMessage(error)}`,
    );
  }
}

async function follow(address: URL, signal: AbortSignal): Promise<Response> {
  let at = address;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await fetch(at, {
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json' },
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    at = redirected(at, location);
  }
  throw new SourceError(`${shownAddress(address)} redirects more than ${maxRedirects} times`);
}

function redirected(from: URL, location: string): URL {
  const to = parseAddress(location, from);
  if (to?.origin === from.origin) return to;
  const leadsTo = to ? shownAddress(to) : 'what is no such address';
  throw new SourceError(
    `${shownAddress(from)} redirects to ${leadsTo}, which is not asked; write the url that answers itself`,
  );
}

/** Counted after decompression: a small answer may unfold to a huge one. */
async function readBounded({ body }: Response, asked: string): Promise<string> {
  const read: AsyncIterable<Uint8Array> | Uint8Array[] = body ?? [];
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of read) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new SourceError(`${asked} answered more than ${maxBytes / 1_000_000} MB`);
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse(text: string, asked: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceError(
      `${asked} answered with ${text.trim() === '' ? 'nothing' : 'what is not JSON'}`,
    );
  }
}

/** fetch itself only ever says "fetch failed"; where a name has several addresses, so does its cause. */
function rootMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return rootMessage(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
