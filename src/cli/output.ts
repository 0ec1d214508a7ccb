/** Results go to stdout, remarks to stderr, so that a pipe gets results alone. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function printJsonLine(value: unknown): void {
  print(JSON.stringify(value));
}

export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A reader that goes away (`belay list | head`) is no failure. */
export function leaveQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
