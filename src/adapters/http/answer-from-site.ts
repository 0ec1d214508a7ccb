import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Context } from 'hono';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.atom': 'application/atom+xml; charset=utf-8',
};

/** Plain names alone: nothing leads out of the folder, and no hidden file is shown. */
const plainPath = /^(?:[a-z0-9][a-z0-9-]*\/)*[a-z0-9][a-z0-9.-]*$/;

const maxAgeSeconds = 30;

/** A file of a site that is written elsewhere, as it is now. */
export async function answerFromSite(
  context: Context,
  folder: string,
  path: string,
): Promise<Response> {
  const name = path === '' ? 'index.html' : path;
  const type = types[extname(name)];
  const content =
    type === undefined || !plainPath.test(name) || name.includes('..')
      ? undefined
      : await readFile(join(folder, name)).catch(() => undefined);
  if (type === undefined || content === undefined) {
    return context.text('There is no such page.', 404);
  }
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const headers = {
    etag,
    'content-type': type,
    'cache-control': `public, max-age=${maxAgeSeconds}`,
    'x-content-type-options': 'nosniff',
    // Clients of the JSON run on pages of others.
    'access-control-allow-origin': '*',
  };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
  return context.body(new Uint8Array(content), 200, headers);
}
