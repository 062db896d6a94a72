import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { parseAllDocuments } from 'yaml';
import { kubectl, kubectlOk } from '../../../e2e/support/kubectl.ts';
import { poll } from '../../../e2e/support/poll.ts';
import { TLS_CERT, TLS_KEY, WORK } from '../../../e2e/support/settings.ts';
import type { Part, Stoppers } from '../controls.ts';
import type { KubeObject } from '../objects.ts';
import { freePort, startProgram } from '../program.ts';
import { registrationsOf } from '../registration.ts';

const RULES = join(import.meta.dirname, 'gatekeeper.yaml');

/** Gatekeeper's controller manager with the operations of its own deployment, as build.sh made it. */
export async function gatekeeperPart(stop: Stoppers): Promise<Part> {
  const crds = await crdsOf();
  await kubectlOk(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: crds });
  await kubectlOk(['create', 'namespace', 'gatekeeper-system']);
  const [port, health, profile] = [await freePort(), await freePort(), await freePort()];
  const program = startProgram(
    stop,
    'gatekeeper',
    ['gatekeeper', ...argumentsOf(port, health, profile, await certificates())],
    {
      POD_NAMESPACE: 'gatekeeper-system',
      NAMESPACE: 'gatekeeper-system',
    },
  );
  await poll(
    'Gatekeeper has taken its rules',
    async () => {
      // Its template creates the kind of the constraint some seconds later.
      const { code } = await kubectl(['apply', '-f', RULES]);
      if (code !== 0) return undefined;
      const ready = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
      return ready?.ok ? true : undefined;
    },
    60,
  );
  const paths = { mutatePath: '/v1/mutate', validatePath: '/v1/admit' };
  return {
    standing: [],
    switches: registrationsOf({ name: 'gatekeeper', port, ...paths, reinvoke: false }),
    pids: [program.pid],
  };
}

const argumentsOf = (
  port: number,
  health: number,
  profile: number,
  certificates: string,
): readonly string[] => [
  `--kubeconfig=${process.env.KUBECONFIG}`,
  '--host=127.0.0.1',
  `--port=${port}`,
  `--health-addr=127.0.0.1:${health}`,
  `--pprof-port=${profile}`,
  `--cert-dir=${certificates}`,
  '--disable-cert-rotation',
  '--debug-use-fake-pod',
  '--exempt-namespace=gatekeeper-system',
  '--operation=webhook',
  '--operation=mutation-webhook',
  // This operation of its audit deployment creates the kinds of templates' constraints, and is idle then.
  '--operation=generate',
  '--shutdown-delay=0',
  '--disable-opa-builtin={http.send}',
];

/** Writes the certificates under the names that Gatekeeper expects. */
async function certificates(): Promise<string> {
  const folder = join(WORK, 'gatekeeper');
  await mkdir(folder);
  await copyFile(TLS_CERT, join(folder, 'tls.crt'));
  await copyFile(TLS_KEY, join(folder, 'tls.key'));
  return folder;
}

/** The kinds from the manifest beside the program, which is on PATH. */
async function crdsOf(): Promise<readonly KubeObject[]> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const text = await readFile(join(folder, 'gatekeeper.yaml'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const objects = parseAllDocuments(text).map(document => document.toJSON() as KubeObject | null);
    return objects.filter((object): object is KubeObject => object?.kind === 'CustomResourceDefinition');
  }
  throw new Error('gatekeeper is not on PATH');
}
