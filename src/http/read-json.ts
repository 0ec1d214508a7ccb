import type { Context } from 'hono';

export type ReadJson = { ok: true; value: unknown } | { ok: false; problem: string };

/** The body, whatever content type it claims; an empty one is undefined. */
export async function readJson(context: Context): Promise<ReadJson> {
  const text = await context.req.text();
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `not JSON: ${error instanceof Error ? error.message : ''}` };
  }
}
