import type { Notification, SlackMessage } from '../../../contracts/kernel/notifications.ts';
import type { Template } from '../../../specs/kernel/notifications.ts';
import { utcMoment } from '../../../render/kernel/moment.ts';
import { shorten } from './bounded-text.ts';
import { contentOf } from './content.ts';
import { linkTo } from './link.ts';
import type { Medium } from './template.ts';

/** Slack reads mentions and links out of < > alone, and these three are all it wants escaped. */
const mrkdwn: Medium = {
  escape: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  item: (line) => `• ${line}`,
  code: (lines) => `\`\`\`\n${lines.replaceAll('`', "'")}\n\`\`\``,
};

/** Slack refuses a section with more than 3,000 characters. */
const longestSection = 2_900;

/** What an incoming webhook takes. */
export function slackMessage(notification: Notification, template: Template): SlackMessage {
  const { title, text } = contentOf(notification, template, mrkdwn);
  const headline = title === '' ? '' : `*${title}*`;
  return {
    body: {
      text: title || mrkdwn.escape(notification.event),
      blocks: [
        section([headline, text].filter((part) => part !== '').join('\n')),
        facts(notification),
      ],
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    },
  };
}

function section(text: string) {
  return { type: 'section', text: verbatim(shorten(text || ' ', longestSection)) };
}

function facts({ environment, service, severity, atMs, url }: Notification) {
  const link = linkTo(url);
  const summary = mrkdwn.escape(`${environment}/${service} · ${severity} · ${utcMoment(atMs)}`);
  return {
    type: 'context',
    elements: [
      verbatim(
        link === undefined ? summary : `${summary} · <${mrkdwn.escape(link)}|Open in Temporal>`,
      ),
    ],
  };
}

/** Nothing in it becomes a mention or a link by itself. */
function verbatim(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}
