const longest = 400;

/** What a cluster says, fit for one line of a status page: the end is what tells most. */
export function oneLine(message: string): string {
  const line = message.trim().replace(/\s+/g, ' ');
  return line.length <= longest ? line : `… ${line.slice(-longest)}`;
}
