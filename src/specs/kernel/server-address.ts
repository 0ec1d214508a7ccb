import type { PeerAddress } from './clusters.ts';
import { showGiven } from './given.ts';
import { text } from './written.ts';

/** A server that an agent may connect to, or lead clients to. */
export function serverAddress(example: string) {
  return text(`write host:port, such as ${example}`, /^[^\s@/]+:\d{1,5}$/).transform(
    (written, context): PeerAddress => {
      const colon = written.lastIndexOf(':');
      const port = Number(written.slice(colon + 1));
      if (port < 1 || port > 65_535)
        context.addIssue(`${showGiven(written)} has no port from 1 to 65535`);
      return { host: written.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port };
    },
  );
}
