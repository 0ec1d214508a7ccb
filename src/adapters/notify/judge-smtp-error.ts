import type { DeliveryAttempt } from './attempt.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { quoteAnswer } from './quote-answer.ts';

/** What nodemailer says of a failure; all of it may be missing. */
interface SmtpFailure {
  code?: string;
  responseCode?: number;
  response?: string;
  permanent?: boolean;
}

interface Circumstances {
  /** Whether any of the message went to the server. */
  isBegun: boolean;
  secrets: readonly string[];
}

/**
 * A message is the server's once it has answered the end of the content with 250 (RFC 5321, 6.1).
 * A 4xx or 5xx in that place refuses it; silence there tells nothing, nor does 421, which a server
 * that shuts down says at any time.
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

/** Without an answer of the server's to tell, it is for good what no later try could change. */
function mayPass({ code = '', permanent }: SmtpFailure): boolean {
  return permanent === undefined ? !['ENOAUTH', 'EMESSAGE'].includes(code) : !permanent;
}

function describe(failure: SmtpFailure, secrets: readonly string[]): string {
  const { code, responseCode, response } = failure;
  if (code === 'ENOAUTH') return 'the server takes no login';
  if (code === 'EAUTH') {
    return responseCode === undefined
      ? 'the login failed'
      : `the server refused the login with ${responseCode}`;
  }
  if (responseCode !== undefined) {
    const quoted = quoteAnswer(response ?? '', secrets) ?? String(responseCode);
    return `the server answered ${quoted}`;
  }
  if (code === 'ETLS') return 'no TLS connection came about';
  if (code === 'EMESSAGE') return 'the server takes no message of this size';
  return describeNetworkError(failure);
}
