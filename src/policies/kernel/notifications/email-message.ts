import type { EmailMessage, Notification } from '../../../contracts/kernel/notifications.ts';
import type { Template } from '../../../specs/kernel/notifications.ts';
import { escapeMarkup } from '../../../render/kernel/escape-markup.ts';
import { utcMoment } from '../../../render/kernel/moment.ts';
import { shorten } from './bounded-text.ts';
import { contentOf } from './content.ts';
import { linkTo } from './link.ts';
import { plainText, type Medium } from './template.ts';

const html: Medium = {
  escape: escapeMarkup,
  item: (line) => `• ${line}`,
  code: (lines) => lines.replace(/^.+$/gm, '<code>$&</code>'),
};

const longestText = 20_000;
const longestSubject = 200;

/** A template is text in both forms: what looks like HTML in it is shown as it is written. */
export function emailMessage(notification: Notification, template: Template): EmailMessage {
  const { title, text } = contentOf(notification, template, plainText);
  const rich = contentOf(notification, escaped(template), html);
  return {
    idPart: addressPart(notification.id),
    threadPart: addressPart(notification.rolloutId),
    subject: shorten(title || notification.event, longestSubject),
    text: shorten([text, footer(notification)].join('\n\n'), longestText),
    html: page(rich.title, rich.text, notification),
  };
}

function escaped({ title, text }: Template): Template {
  return {
    ...(title !== undefined && { title: escapeMarkup(title) }),
    ...(text !== undefined && { text: escapeMarkup(text) }),
  };
}

function footer({ environment, service, severity, atMs, url }: Notification): string {
  const link = linkTo(url);
  const summary = `${environment}/${service}, ${severity}, ${utcMoment(atMs)}`;
  return link === undefined ? summary : `${summary}\n${link}`;
}

function page(title: string, text: string, notification: Notification): string {
  const link = linkTo(notification.url);
  const paragraphs = text.split('\n\n').filter((part) => part !== '');
  const { environment, service, severity, atMs } = notification;
  const summary = escapeMarkup(`${environment}/${service}, ${severity}, ${utcMoment(atMs)}`);
  return [
    '<!doctype html><html><body>',
    `<h3>${title}</h3>`,
    ...paragraphs.map((part) => `<p>${part.replaceAll('\n', '<br>\n')}</p>`),
    ...(link === undefined ? [] : [`<p><a href="${escapeMarkup(link)}">Open in Temporal</a></p>`]),
    `<p><small>${summary}</small></p>`,
    '</body></html>',
  ].join('\n');
}

/** What may stand before the @ of a message's ID. */
function addressPart(id: string): string {
  return shorten(id, 150).replace(/[^A-Za-z0-9_-]+/g, '-');
}
