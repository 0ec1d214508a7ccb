import pc from 'picocolors';
import { formatDuration } from '../../specs/kernel/duration.ts';

export type Paint = ReturnType<typeof pc.createColors>;

/** What a page depends on besides its data. */
export interface Page {
  nowMs: number;
  paint: Paint;
  /** The reader's own where absent. */
  timeZone?: string;
  /** Characters in a line; absent where lines have no end, as in a pipe. */
  columns?: number;
}

export const noPaint: Paint = pc.createColors(false);

/** Colours for a terminal, none for a pipe; NO_COLOR and FORCE_COLOR have the last word. */
export function paintFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  if (env['NO_COLOR']) return noPaint;
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  return pc.createColors(terminal || Boolean(env['FORCE_COLOR']));
}

/** A page for a stream, as of now. */
export function pageFor(
  stream: { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
): Page {
  const { columns = 0 } = stream;
  return {
    nowMs: Date.now(),
    paint: paintFor(stream, env),
    ...(columns > 0 && { columns }),
  };
}

/** Time of day, and the date too unless it is today. */
export function formatMoment(atMs: number, page: Page): string {
  const date = formatDay(atMs, page);
  const time = formatIn(page, 'timeStyle').format(atMs);
  return date === todayOf(page) ? time : `${date} ${time}`;
}

const todays = new WeakMap<Page, string>();

function todayOf(page: Page): string {
  const known = todays.get(page);
  if (known !== undefined) return known;
  const today = formatDay(page.nowMs, page);
  todays.set(page, today);
  return today;
}

/** `2026-12-24` */
export function formatDay(atMs: number, page: Page): string {
  return formatIn(page, 'dateStyle').format(atMs);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** To make one takes far longer than to use it, and a list has thousands of moments. */
function formatIn({ timeZone }: Page, style: 'dateStyle' | 'timeStyle'): Intl.DateTimeFormat {
  const key = `${style} ${timeZone ?? process.env['TZ'] ?? ''}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...(timeZone !== undefined && { timeZone }),
    ...(style === 'dateStyle' ? { dateStyle: 'short' } : { timeStyle: 'medium' }),
  });
  formats.set(key, format);
  return format;
}

/** `3m12s ago` */
export function formatAge(sinceMs: number, { nowMs }: Pick<Page, 'nowMs'>): string {
  return `${formatDuration(wholeSeconds(nowMs - sinceMs))} ago`;
}

/** A duration that is running: without parts of a second, so that it does not flicker. */
export function formatRunning(ms: number): string {
  return formatDuration(wholeSeconds(ms));
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000) * 1000);
}

/** To the minute, for everybody and for the reader: `2026-12-24 17:00 UTC (18:00 Europe/Berlin)`. */
export function formatBothMoments(atMs: number, { timeZone }: Pick<Page, 'timeZone'>): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [utc, local] = ['UTC', zone].map((one) =>
    new Intl.DateTimeFormat('sv-SE', {
      ...{ timeZone: one, dateStyle: 'short', timeStyle: 'short' },
    }).format(atMs),
  );
  if (utc === undefined || local === undefined || zone === 'UTC') return `${utc ?? ''} UTC`;
  const isSameDay = utc.slice(0, 10) === local.slice(0, 10);
  return `${utc} UTC (${isSameDay ? local.slice(11) : local} ${zone})`;
}
