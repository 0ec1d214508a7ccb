import colors from 'picocolors';

/** The lines that the demonstration prints. */
export const narrate = {
  scene: (title: string) => {
    print(`\n${colors.bold(colors.cyan(`== ${title}`))}`);
  },
  command: (line: string) => {
    print(colors.dim('$ ') + colors.bold(line));
  },
  output: (line: string) => {
    print(`  ${line}`);
  },
  event: (line: string) => {
    print(colors.yellow(`  >> ${line}`));
  },
  result: (line: string) => {
    print(colors.green(`  ok ${line}`));
  },
  failure: (line: string) => {
    print(colors.red(`\n${line}`));
  },
  plain: (text: string) => {
    print(text);
  },
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
