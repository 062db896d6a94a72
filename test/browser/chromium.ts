import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** One answer or event of the DevTools protocol. https://chromedevtools.github.io/devtools-protocol/ */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A Chromium without a window and with one page, controlled as its own tools control it. */
export class Chromium {
  /** The requests of the page to the network; `complaints` has those that it refused, and what it threw. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #sent = 0;
  #session = '';

  private constructor(started: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = started;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data))));
  }

  /** @throws Error where it does not start; TEST_COFFERDAM_CHROMIUM names another program than `chromium` on PATH */
  static async start(): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'cofferdam-chromium-'));
    const argv = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ];
    const started = spawn(process.env.TEST_COFFERDAM_CHROMIUM ?? 'chromium', argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await addressOf(started));
    await once(socket, 'open');
    const chromium = new Chromium(started, profile, socket);
    const { targetId } = await chromium.#ask<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
    });
    const attached = { targetId, flatten: true };
    chromium.#session = (
      await chromium.#ask<{ sessionId: string }>('Target.attachToTarget', attached)
    ).sessionId;
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await chromium.#ask(`${domain}.enable`);
    await chromium.#ask('Performance.enable', { timeDomain: 'threadTicks' });
    return chromium;
  }

  /** Opens a file in a window of the given width. */
  async open(file: string, width: number, scheme: 'light' | 'dark' = 'light'): Promise<void> {
    this.requests.length = 0;
    this.complaints.length = 0;
    await this.#ask('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.#ask('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    await this.#ask('Page.navigate', { url: `file://${file}` });
    await this.until('document.readyState === "complete" && document.querySelector("main") !== null');
  }

  /**
   * The value of an expression in the page.
   * @throws Error where the expression throws
   */
  async value<T>(expression: string): Promise<T> {
    const asked = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.#ask<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', asked);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw');
    return result.value;
  }

  /**
   * Waits until the expression is true.
   * @throws Error where it still is not after some seconds
   */
  async until(expression: string): Promise<void> {
    for (let look = 0; look < 300; look++) {
      if (await this.value<boolean>(expression).catch(() => false)) return;
      await new Promise(done => setTimeout(done, 50));
    }
    throw new Error(`the page never came to: ${expression}`);
  }

  /** Presses a key, as a person would: a character, or one with a name (`Enter`). */
  async press(key: string): Promise<void> {
    const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
    const code = { Enter: 13, Backspace: 8, Escape: 27, Tab: 9 }[key];
    const event = { key, ...(text && { text }), ...(code && { windowsVirtualKeyCode: code }) };
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  /** How many milliseconds a processor has worked for the page so far. */
  async processorTime(): Promise<number> {
    const { metrics } = await this.#ask<{ metrics: { name: string; value: number }[] }>(
      'Performance.getMetrics',
    );
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#socket.close();
    this.#process.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #ask<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#sent;
    return new Promise((done, failed) => {
      this.#waiting.set(id, ({ result, error }) =>
        error ? failed(new Error(`${method}: ${error.message}`)) : done(result as T),
      );
      const session = this.#session === '' ? {} : { sessionId: this.#session };
      this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    });
  }

  #hear(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    const { method, params = {} } = message;
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params));
  }
}

/** The address of its debugger, which it prints as it starts. */
function addressOf(started: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    started.on('error', failed);
    started.on('exit', code => failed(new Error(`Chromium ended with ${code}`)));
    if (!started.stderr) return;
    createInterface(started.stderr).on('line', line => {
      const [, address] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (address) done(address);
    });
  });
}
