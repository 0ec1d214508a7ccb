import { writeFile } from 'node:fs/promises';
import { CliFailure, exitCodes } from './failure.ts';
import { print } from './output.ts';

/** Writes a page into a file, or to standard output for `-`. */
export async function writeHtml(html: string, file: string): Promise<void> {
  if (file === '-') {
    process.stdout.write(html);
    return;
  }
  try {
    await writeFile(file, html);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliFailure(exitCodes.badInput, `The report cannot be written: ${why}`, {
      cause: error,
    });
  }
  print(file);
}
