import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';

/** The address of a server's API, and the form of it that messages may show. */
export interface Address {
  queryUrl: string;
  /** Without secrets. */
  shown: string;
  /** Credentials that were written into the address; `fetch` refuses them there. */
  basic?: string;
}

/** Throws SourceError if it is not the address of an HTTP server. */
export function parseAddress(written: string): Address {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new SourceError(
      'not a Prometheus address; use the form http://prometheus:9090, without the API path',
    );
  }
  const shown = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const credentials = [url.username, url.password].map(decoded).join(':');
  return {
    shown,
    queryUrl: `${shown}/api/v1/query`,
    ...(credentials !== ':' && { basic: Buffer.from(credentials).toString('base64') }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
