import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { kubectlOk } from './kubectl.ts';

/** A connection to the API server that can be broken. Bytes, including TLS, pass unchanged. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #server: Server = createServer();
  #target = new URL('https://127.0.0.1');
  #port = 0;

  /** @returns the kubeconfig of the tests, through the relay */
  async start(file: string): Promise<string> {
    const config = JSON.parse(
      await kubectlOk(['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json']),
    );
    const { cluster } = config.clusters[0] as { cluster: Record<string, unknown> };
    this.#target = new URL(String(cluster.server));
    await this.open();
    cluster.server = `https://127.0.0.1:${this.#port}`;
    if (this.#target.hostname !== '127.0.0.1') cluster['tls-server-name'] = this.#target.hostname;
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  async open(): Promise<void> {
    this.#server = createServer(near => {
      joined(near, connect(Number(this.#target.port || 443), this.#target.hostname), this.#sockets);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Cuts open connections; new ones can still be made. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Silently stops passing on anything of open connections. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }
}

/**
 * Passes on what either side sends, until one of them ends, and with it the other.
 * @param sockets holds both as long as they are open
 */
export function joined(near: Socket, far: Socket, sockets: Set<Socket>): void {
  for (const socket of [near, far]) {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      near.destroy();
      far.destroy();
    });
  }
  near.pipe(far).pipe(near);
}
