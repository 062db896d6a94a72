import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { joined } from '../e2e/support/relay.ts';

export interface Service {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Forwards connections as a Service does: each new one goes to the next of the replicas that are ready.
 * @param ready their ports
 */
export async function startService(ready: () => readonly number[]): Promise<Service> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer(near => {
    const ports = ready();
    const port = ports[turn++ % ports.length];
    if (port === undefined) near.destroy();
    else joined(near, connect(port, '127.0.0.1'), sockets);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
