import { createServer } from 'node:net';

export interface Ports {
  readonly port: number;
  readonly metricsPort: number;
}

const USES: Readonly<Record<keyof Ports, string>> = {
  port: 'the webhook is',
  metricsPort: 'livez, readyz and metrics are',
};

/**
 * The ports to listen on. For trials, any free port, 0, replaces one that is taken and was not asked for. In a cluster, a
 * Service leads to one port and no other.
 * @param isNamed whether the port was asked for, by a flag or a variable
 */
export async function freePorts(
  { port, metricsPort }: Ports,
  address: string,
  isNamed: (name: keyof Ports) => boolean,
): Promise<Ports> {
  const free = async (name: keyof Ports, wanted: number): Promise<number> =>
    !isNamed(name) && (await isTaken(wanted, address)) ? 0 : wanted;
  return { port: await free('port', port), metricsPort: await free('metricsPort', metricsPort) };
}

/** A sentence for each port that differs from the one that was wanted. */
export function movedPorts(wanted: Ports, running: Ports): readonly string[] {
  return (['port', 'metricsPort'] as const)
    .filter(name => wanted[name] !== 0 && wanted[name] !== running[name])
    .map(name => `port ${wanted[name]} is in use, so ${USES[name]} on port ${running[name]}`);
}

/** Whether the port is taken; the server that listens there will report any other fault. */
function isTaken(port: number, address: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
      .once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE'))
      .listen(port, address, () => server.close(() => resolve(false)));
  });
}
