/**
 * usage: node pepr-module.ts FOLDER — a Pepr module that does what the other controls do, with the package `pepr` of
 * FOLDER/node_modules. Prints its port. SSL_CERT_PATH, SSL_KEY_PATH and PEPR_API_PATH are Pepr's own variables.
 */
import { createRequire } from 'node:module';
import { type AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';

interface Request {
  readonly Raw: {
    readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: {
      runtimeClassName?: string;
      readonly hostPID?: boolean;
      readonly hostNetwork?: boolean;
      readonly volumes?: readonly { readonly hostPath?: object }[];
      readonly containers: readonly { readonly securityContext?: { readonly privileged?: boolean } }[];
    };
  };
  Approve(): unknown;
  Deny(message: string): unknown;
}

/** The part of the package that is used. */
interface Pepr {
  readonly a: { readonly Pod: unknown };
  readonly Capability: new (
    options: object,
  ) => {
    When(kind: unknown): {
      IsCreated(): {
        Mutate(action: (request: Request) => void): { Validate(action: (request: Request) => unknown): void };
      };
    };
  };
  readonly PeprModule: new (
    about: object,
    capabilities: readonly object[],
    options: { readonly deferStart: true },
  ) => { start(port: number): void };
}

const [folder] = process.argv.slice(2) as [string];
const { a, Capability, PeprModule } = createRequire(join(folder, 'package.json'))('pepr') as Pepr;

// Pepr has no option for the address, and would listen on all of them.
const listen = Server.prototype.listen as (this: Server, port: number, host: string) => Server;
Server.prototype.listen = function (this: Server, port: number): Server {
  this.once('listening', () => {
    process.stdout.write(`port ${(this.address() as AddressInfo).port}\n`);
  });
  return listen.call(this, port, '127.0.0.1');
} as typeof Server.prototype.listen;

const isHigh = ({ Raw }: Request): boolean => Raw.metadata.labels?.['cofferdam.dev/risk'] === 'high';

const capability = new Capability({ name: 'bench', description: 'the five rules', namespaces: ['bench'] });
capability
  .When(a.Pod)
  .IsCreated()
  .Mutate(request => {
    if (isHigh(request)) request.Raw.spec.runtimeClassName ??= 'gvisor';
  })
  .Validate(request => {
    const { spec } = request.Raw;
    if (isHigh(request) && !spec.runtimeClassName) return request.Deny('no class');
    if (spec.hostPID) return request.Deny('hostPID');
    if (spec.hostNetwork) return request.Deny('hostNetwork');
    if (spec.volumes?.some(({ hostPath }) => hostPath)) return request.Deny('hostPath');
    if (spec.containers.some(({ securityContext }) => securityContext?.privileged))
      return request.Deny('privileged');
    return request.Approve();
  });

const pepr = {
  uuid: 'bench',
  onError: 'reject',
  webhookTimeout: 10,
  customLabels: {},
  alwaysIgnore: { namespaces: [] },
};
new PeprModule({ description: 'bench', pepr }, [capability], { deferStart: true }).start(0);
