import { Front } from '../local-platform/router/front.ts';
import { largestHeaderBytes } from './pass-on.ts';
import type { TrackFront } from './track-front.ts';

/** Longer than usual clients keep an idle connection: so none of them sends a request into one that is being closed. */
const keepAliveTimeout = 100_000;
const headersTimeout = 60_000;

/** Where the Service leads its requests. How long one may take, and how large its headers may be, is for the pods to say. */
export function createClients(front: TrackFront): Front {
  return new Front((request, response) => front.answer(request, response), {
    limits: {
      ...{ keepAliveTimeout, requestTimeout: 0, headersTimeout },
      // One that is left out would still be passed on, and the body that it tells of would not.
      ...{ maxHeaderSize: largestHeaderBytes, maxHeadersCount: 0 },
    },
    onUpgrade: (request, client, head) => {
      front.upgrade(request, client, head).catch(() => client.destroy());
    },
    onUnreadable: () => front.countUnreadable(),
  });
}
