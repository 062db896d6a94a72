/**
 * usage: node echo-hook.ts CERT KEY — the floor for any webhook in Node: HTTP/2, a few fields read, no policy.
 * Prints its port.
 */
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: {
    readonly uid: string;
    readonly object: {
      readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: { readonly runtimeClassName?: string; readonly hostPID?: boolean };
    };
  };
}

const [cert, key] = process.argv.slice(2) as [string, string];
const PATCH = Buffer.from(
  JSON.stringify([{ op: 'add', path: '/spec/runtimeClassName', value: 'gvisor' }]),
).toString('base64');

function answer(text: string): string {
  const { apiVersion, kind, request } = JSON.parse(text) as Review;
  const { metadata, spec } = request.object;
  const inject = metadata.labels?.['cofferdam.dev/risk'] === 'high' && !spec.runtimeClassName;
  const patch = inject ? { patchType: 'JSONPatch', patch: PATCH } : {};
  return JSON.stringify({
    apiVersion,
    kind,
    response: { uid: request.uid, allowed: !spec.hostPID, ...patch },
  });
}

const server = createSecureServer(
  { cert: readFileSync(cert), key: readFileSync(key) },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(answer(Buffer.concat(chunks).toString()));
    });
  },
);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
