const longest = 400;

/** A message of the cluster, shortened to one line; its end is kept, because it says most. */
export function oneLine(message: string): string {
  const line = message.trim().replace(/\s+/g, ' ');
  return line.length <= longest ? line : `… ${line.slice(-longest)}`;
}
