import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { Template } from '../../../specs/kernel/notifications.ts';
import { oneLine, shorten } from './bounded-text.ts';
import { fillTemplate, type Medium } from './template.ts';

const defaultTitle = '{{title}}';
const defaultText = '{{text}}\n\n{{reasons}}\n\n{{commands}}';

export interface Content {
  title: string;
  text: string;
}

/** Title and text of a notification as a medium writes them. */
export function contentOf(
  notification: Notification,
  { title = defaultTitle, text = defaultText }: Template,
  medium: Medium,
): Content {
  return {
    title: shorten(oneLine(fillTemplate(title, notification, medium)), 300),
    text: fillTemplate(text, notification, medium),
  };
}
