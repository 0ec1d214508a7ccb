import type { GuardOf, CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import { SourceError } from '../../contracts/rollouts/metric-reader.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { describeRetryAfter } from '../http/describe-retry-after.ts';
import { DestinationRefused } from '../http/destination-refused.ts';
import type { Exchange } from '../http/exchange.ts';
import { followRedirects, RedirectRefused } from '../http/follow-redirects.ts';
import { parseAddress, shownAddress } from './address.ts';

interface GetOptions {
  exchange: Exchange;
  signal: AbortSignal;
  /** When the signal gives up, for the message. */
  timeoutMs: number;
  /** By origin. */
  guardOf?: GuardOf | undefined;
}

/** There was no response, or one that reports a failure of the server. */
class Unwell extends SourceError {}

const maxBytes = 1_000_000;

/**
 * The document at a URL, with redirects followed within its origin. Every failure is a one-line
 * SourceError that names only origin and path: a query may contain credentials, and the response may
 * not be readable for the author of the spec.
 */
export async function getJson(url: string, options: GetOptions): Promise<unknown> {
  const address = parseAddress(url);
  if (!address) {
    throw new SourceError(
      'the url is not accepted: write one that begins with http:// or https://, with a host, and without user and password',
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

function judgeAnswer(outcome: CallResult<unknown>): CallHealth {
  if ('value' in outcome) return 'ok';
  return outcome.error instanceof Unwell ? { failed: outcome.error.message } : 'ok';
}

async function get(address: URL, { exchange, signal, timeoutMs }: GetOptions): Promise<unknown> {
  const asked = shownAddress(address);
  const headers = { accept: 'application/json' };
  const request = { headers, signal, maxBytes };
  const answer = await followRedirects(exchange, address, request).catch((error: unknown) => {
    if (signal.aborted) {
      throw new Unwell(`${asked} did not answer within ${formatDuration(timeoutMs)}`);
    }
    if (error instanceof RedirectRefused) {
      throw new SourceError(`${asked} ${error.message}; use the final URL`);
    }
    if (error instanceof DestinationRefused) {
      throw new SourceError(
        `${asked} ${error.message}; BELAY_METRICS_HOSTS lists the hosts that may be queried`,
      );
    }
    throw new Unwell(`${asked} could not be asked: ${describeNetworkError(error)}`);
  });
  const { status, body, isWhole } = answer;
  if (status < 200 || status > 299) {
    const refused = `${asked} answered ${status}${describeRetryAfter(answer)}`;
    throw status >= 500 ? new Unwell(refused) : new SourceError(refused);
  }
  if (!isWhole) throw new SourceError(`${asked} answered more than ${maxBytes / 1_000_000} MB`);
  return parse(body, asked);
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
