import { refusal } from './given.ts';
import { offerKnown } from './known-keys.ts';
import { text } from './written.ts';

/** An IANA time zone that this Node.js knows. */
export const zone = text('write a time zone, such as Europe/Berlin, or UTC').superRefine(
  (written, context) => {
    if (isZone(written)) return;
    const accepted = offerZone(written);
    context.addIssue(refusal(accepted, 'is no IANA time zone')({ input: written }));
  },
);

/** Offsets such as +02:00 have no daylight saving, and are no zones. */
function isZone(written: string): boolean {
  if (!/^[A-Za-z]/.test(written)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: written });
    return true;
  } catch {
    return false;
  }
}

function offerZone(written: string): string {
  const offered = offerKnown(written, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return offered.includes('(')
    ? offered.slice(0, offered.indexOf(' ('))
    : 'write one such as Europe/Berlin, or UTC';
}
