import type { Exchange, HttpAnswer, HttpRequest } from './exchange.ts';

/** A redirect that is not followed; the message follows the address. */
export class RedirectRefused extends Error {
  override readonly name = 'RedirectRefused';
}

const maxRedirects = 3;

/** The response after redirects within the origin of the URL. Throws RedirectRefused. */
export async function followRedirects(
  exchange: Exchange,
  url: URL,
  request: HttpRequest,
): Promise<HttpAnswer> {
  let at = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const answer = await exchange(at, request);
    const { status, location } = answer;
    if (status < 300 || status > 399 || location === undefined) return answer;
    const to = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (to?.origin !== url.origin || to.username || to.password) {
      throw new RedirectRefused('redirects to another origin, which is not followed');
    }
    at = to;
  }
  throw new RedirectRefused(`redirects more than ${maxRedirects} times`);
}
