import { spawn, type ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';
import { becomeUser } from '../../../config/account.ts';

/** Connects to a socket and passes bytes on, as another account: `peer` in pg_hba.conf asks for that. */
const relay = `
const socket = require('net').connect(process.argv[1]);
socket.on('connect', () => {
  process.stdout.write('+');
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
});
socket.on('error', ({ code }) => { process.stderr.write(code || ''); process.exitCode = 1; });
socket.on('close', () => process.exit());
`;

/** A connection to a socket of this host by a process of another account. Has what pg calls of a socket. */
export class StreamAsAccount extends Duplex {
  readonly #account: string;
  #child: ChildProcess | undefined;
  #isConnected = false;

  constructor(account: string) {
    super();
    this.#account = account;
  }

  connect(path: string): this {
    this.#start(path).catch((error: unknown) => this.destroy(error as Error));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  async #start(path: string): Promise<void> {
    const account = await becomeUser(this.#account);
    if (!account.ok) throw new Error(account.problem);
    const program = [process.execPath, '-e', relay, path];
    const [file = process.execPath, ...args] = account.command.concat(program);
    const child = spawn(file, args, {
      cwd: '/',
      env: account.variables,
      stdio: 'pipe',
    });
    this.#child = child;
    if (this.destroyed) child.kill('SIGKILL');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.destroy(error));
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    child.on('close', () => {
      if (this.#isConnected) this.push(null);
      else this.destroy(Object.assign(new Error(`${path}: ${said}`), { code: said }));
    });
  }

  #take(chunk: Buffer): void {
    if (this.#isConnected) {
      this.push(chunk);
      return;
    }
    this.#isConnected = true;
    this.emit('connect');
    if (chunk.length > 1) this.push(chunk.subarray(1));
  }

  override _read(): void {
    this.#child?.stdout?.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child?.stdin?.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#child?.stdin?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child?.kill('SIGKILL');
    done(error);
  }
}
