import type { Notification } from '../../../contracts/kernel/notifications.ts';
import { oneLine, readable, shorten } from './bounded-text.ts';
import { utcMoment } from '../../../render/kernel/moment.ts';

/** How a channel writes what is filled in. */
export interface Medium {
  /** Makes text that means nothing but itself. */
  escape: (text: string) => string;
  /** One line of a list, of text that is escaped. */
  item: (line: string) => string;
  /** Commands to copy, of lines that are escaped. */
  code: (lines: string) => string;
}

export const plainText: Medium = {
  escape: (text) => text,
  item: (line) => `- ${line}`,
  code: (lines) => lines.replace(/^/gm, '  '),
};

type Fill = (notification: Notification, medium: Medium) => string;

const longestValue = 1_000;
const longestLine = 300;
const mostLines = 10;

const fills = {
  service: line(({ service }) => service),
  environment: line(({ environment }) => environment),
  version: line(({ version }) => version),
  previousVersion: line(({ previousVersion }) => previousVersion),
  event: line(({ event }) => event),
  severity: line(({ severity }) => severity),
  stage: line(({ stage }) => stage),
  title: line(({ title }) => title),
  text: ({ text }, { escape }) => escape(shorten(readable(text).trim(), longestValue)),
  reasons: ({ reasons }, { escape, item }) =>
    linesOf(reasons)
      .map((reason) => item(escape(reason)))
      .join('\n'),
  commands: ({ commands }, { escape, code }) =>
    commands.length === 0 ? '' : code(linesOf(commands).map(escape).join('\n')),
  workflowId: line(({ workflowId }) => workflowId),
  rolloutId: line(({ rolloutId }) => rolloutId),
  url: line(({ url }) => url),
  time: line(({ atMs }) => utcMoment(atMs)),
} satisfies Record<string, Fill>;

export const placeholderNames = Object.keys(fills);

const placeholder = /\{\{([^{}]*)\}\}/g;

/** Names in {{ }} that do not exist, and whether braces are left over. */
export function readTemplate(template: string): { unknown: string[]; isUnclosed: boolean } {
  const names = [...template.matchAll(placeholder)].map(([, inner = '']) => inner.trim());
  return {
    unknown: names.filter((name) => !isKnown(name)),
    isUnclosed: /\{\{|\}\}/.test(template.replace(placeholder, '')),
  };
}

/** What is filled in is never read as a template, and never as the medium's own markup. */
export function fillTemplate(template: string, notification: Notification, medium: Medium): string {
  return template
    .replace(placeholder, (written, inner: string) => {
      const name = inner.trim();
      return isKnown(name) ? fills[name](notification, medium) : medium.escape(written);
    })
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function isKnown(name: string): name is keyof typeof fills {
  return Object.hasOwn(fills, name);
}

function line(valueOf: (notification: Notification) => string | undefined): Fill {
  return (notification, { escape }) =>
    escape(shorten(oneLine(readable(valueOf(notification) ?? '')), longestLine));
}

export function linesOf(lines: readonly string[]): string[] {
  const shown = lines
    .slice(0, mostLines)
    .map((each) => shorten(oneLine(readable(each)), longestLine));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
