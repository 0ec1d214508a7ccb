/** The part of a response that may be quoted: only text with the form of the vendor's own errors. */
import { quoteAnswer } from './quote-answer.ts';

/** One word such as `channel_is_archived`. */
export function quoteSlack(text: string, secrets: readonly string[]): string | undefined {
  const said = text.trim();
  return /^[a-z]+(?:_[a-z]+){1,6}$/.test(said) ? quoteAnswer(said, secrets) : undefined;
}

/** `message` and `errors` of the Events API v2, if they are plain text. */
export function quotePagerDuty(text: string, secrets: readonly string[]): string | undefined {
  const { status, message, errors } = parse(text);
  const parts = [message, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  const isOfPagerDuty = typeof status === 'string' && parts.every(isPlain);
  return isOfPagerDuty ? quoteAnswer(parts.join(': '), secrets) : undefined;
}

function isPlain(part: unknown): boolean {
  return typeof part === 'string' && /^[A-Za-z' ._,()-]{1,150}$/.test(part);
}

function parse(text: string): { status?: unknown; message?: unknown; errors?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
