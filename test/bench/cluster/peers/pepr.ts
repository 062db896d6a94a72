import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import process from 'node:process';
import { kubectlOk } from '../../../e2e/support/kubectl.ts';
import { poll } from '../../../e2e/support/poll.ts';
import { TLS_CERT, TLS_KEY } from '../../../e2e/support/settings.ts';
import type { Part, Stoppers } from '../controls.ts';
import { startProgram } from '../program.ts';
import { registrationsOf } from '../registration.ts';

const PATH = 'bench';

/** A Pepr module with the package that run.sh installed into TEST_COFFERDAM_BENCH_PEPR. */
export async function peprPart(stop: Stoppers): Promise<Part> {
  await kubectlOk(['apply', '-f', join(import.meta.dirname, 'pepr.yaml')]);
  await kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', 'crd/peprstores.pepr.dev']);
  const script = join(import.meta.dirname, 'pepr-module.ts');
  const folder = process.env.TEST_COFFERDAM_BENCH_PEPR ?? '';
  const program = startProgram(stop, 'pepr', [process.execPath, script, folder], {
    SSL_CERT_PATH: TLS_CERT,
    SSL_KEY_PATH: TLS_KEY,
    PEPR_API_PATH: PATH,
  });
  const port = Number(await program.said(/port (\d+)/));
  await ready(port);
  const paths = { mutatePath: `/mutate/${PATH}`, validatePath: `/validate/${PATH}` };
  return {
    standing: [],
    switches: registrationsOf({ name: 'pepr', port, ...paths, reinvoke: false }),
    pids: [program.pid],
  };
}

/** It answers once it has its store. */
async function ready(port: number): Promise<void> {
  const agent = new Agent({ ca: await readFile(TLS_CERT) });
  await poll('Pepr is ready', async () => {
    const status = await new Promise<number>(resolve => {
      get(`https://127.0.0.1:${port}/healthz`, { agent }, response => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', () => resolve(0));
    });
    return status === 200 ? true : undefined;
  });
}
