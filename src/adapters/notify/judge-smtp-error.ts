import type { DeliveryAttempt } from './attempt.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { quoteAnswer } from './quote-answer.ts';

/** nodemailer's description of a failure; every part may be missing. */
interface SmtpFailure {
  code?: string;
  responseCode?: number;
  response?: string;
  permanent?: boolean;
}

interface Circumstances {
  /** Whether any part of the message was sent to the server. */
  isBegun: boolean;
  secrets: readonly string[];
}

/**
 * A server has accepted a message when it has answered the end of the content with 250 (RFC 5321, 6.1).
 * A 4xx or 5xx at that point refuses it. No response means nothing, and neither does 421, which a
 * server that is shutting down may send at any time.
 */
export function judgeSmtpError(
  error: unknown,
  { isBegun, secrets }: Circumstances,
): DeliveryAttempt {
  const failure = (typeof error === 'object' && error !== null ? error : {}) as SmtpFailure;
  const reason = describe(failure, secrets);
  const { code, responseCode = 0 } = failure;
  const isRefused = code === 'EMESSAGE' && responseCode >= 400 && responseCode !== 421;
  if (isBegun && !isRefused) {
    return { result: 'doubtful', reason: `after the message was sent, ${reason}` };
  }
  return { result: 'not-delivered', reason, again: mayPass(failure) };
}

/** Without a response of the server, a failure is permanent if no later attempt could change it. */
function mayPass({ code = '', permanent }: SmtpFailure): boolean {
  return permanent === undefined ? !['ENOAUTH', 'EMESSAGE'].includes(code) : !permanent;
}

function describe(failure: SmtpFailure, secrets: readonly string[]): string {
  const { code, responseCode, response } = failure;
  if (code === 'ENOAUTH') return 'the server does not support logins';
  if (code === 'EAUTH') {
    return responseCode === undefined
      ? 'the login failed'
      : `the server refused the login with ${responseCode}`;
  }
  if (responseCode !== undefined) {
    const quoted = quoteAnswer(response ?? '', secrets) ?? String(responseCode);
    return `the server answered ${quoted}`;
  }
  if (code === 'ETLS') return 'no TLS connection could be established';
  if (code === 'EMESSAGE') return 'the server does not accept messages of this size';
  return describeNetworkError(failure);
}
