import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { kubectlOk } from './kubectl.ts';
import { type Output, outputOf } from './output.ts';

export const CHART = fileURLToPath(new URL('../../../charts/cofferdam', import.meta.url));

export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** The values of a test for the chart; `image.repository` has no default. */
export type Values = Readonly<Record<string, unknown>>;
export const IMAGE_VALUE: Values = {
  image: { repository: 'registry.example/cofferdam', digest: `sha256:${'0'.repeat(64)}` },
};

/** Runs helm as a person would; `values` are on its standard input, for `-f -`. */
export const helm = (args: readonly string[], values?: Values): Promise<Output> =>
  outputOf(spawn('helm', args, { timeout: 300_000 }), values && JSON.stringify(values));

/**
 * Runs `helm`, which has to succeed.
 * @returns the standard output
 */
export async function helmOk(args: readonly string[], values?: Values): Promise<string> {
  const { code, stdout, stderr } = await helm(args, values);
  if (code !== 0) throw new Error(`helm ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}

let server: string | undefined;

/** The version of the test cluster; otherwise, Helm would take the version that it was built with. */
async function kubeVersion(): Promise<string> {
  server ??= JSON.parse(await kubectlOk(['version', '-o', 'json'])).serverVersion.gitVersion as string;
  return server;
}

/** Arguments of `helm template` for a release `cofferdam` in this namespace. */
export const templateArgs = async (namespace: string, ...more: readonly string[]) => [
  ...['template', 'cofferdam', CHART, '--namespace', namespace, '-f', '-'],
  ...['--kube-version', await kubeVersion(), ...more],
];

/** Every object that the chart makes from these values, including those of `helm test`. */
export async function render(namespace: string, values: Values = {}, ...more: readonly string[]) {
  const text = await helmOk(await templateArgs(namespace, ...more), { ...IMAGE_VALUE, ...values });
  return parseAllDocuments(text).flatMap(document => (document.toJSON() as Rendered | null) ?? []);
}
