/** The command that sends a verb: `promoteFull` is `promote-full`. */
export function commandName(verb: string): string {
  return verb.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** What is typed after `belay` to send a verb: `incident ack`. */
export function commandPath(verb: string, definition: { below?: string } | undefined): string {
  const name = commandName(verb);
  return definition?.below === undefined ? name : `${definition.below} ${name}`;
}
