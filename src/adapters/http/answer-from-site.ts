import type { Context } from 'hono';
import type { Kept } from '../../contracts/kernel/caches.ts';
import { typeOfPage, type ReadPage, type SitePage } from './site-page.ts';

const maxAgeSeconds = 30;

/** A file of a site that is written elsewhere. One that can no longer be read says how old it is. */
export async function answerFromSite(
  context: Context,
  read: ReadPage,
  path: string,
): Promise<Response> {
  const name = path === '' ? 'index.html' : path;
  const type = typeOfPage(name);
  const kept = type === undefined ? undefined : await read(name).catch(() => undefined);
  if (type === undefined || kept?.value.isThere !== true) {
    return context.text('There is no such page.', 404);
  }
  const { content, etag } = kept.value;
  const headers = {
    etag,
    'content-type': type,
    'cache-control': `public, max-age=${maxAgeSeconds}`,
    'x-content-type-options': 'nosniff',
    // Clients of the JSON run on pages of others.
    'access-control-allow-origin': '*',
    ...ageOf(kept),
  };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
  return context.body(content, 200, headers);
}

function ageOf({ atMs, failure }: Kept<SitePage>): Record<string, string> {
  if (failure === undefined) return {};
  return oldAnswerHeaders(atMs, Date.now());
}

/** As RFC 9111 has them. */
export function oldAnswerHeaders(atMs: number, nowMs: number): Record<string, string> {
  const age = String(Math.max(0, Math.round((nowMs - atMs) / 1_000)));
  return { age, warning: '110 - "Response is Stale"' };
}
