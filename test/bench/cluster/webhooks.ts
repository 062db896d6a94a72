import { readFile } from 'node:fs/promises';
import { render, type Values } from '../../e2e/support/helm.ts';
import { TLS_CERT } from '../../e2e/support/settings.ts';
import { serve } from '../../scale/serving.ts';
import type { Part, Stoppers } from './controls.ts';
import type { KubeObject } from './objects.ts';

/** Cofferdam's webhooks: without the guard; beside it; beside it, and creations left to it. */
export interface WebhookParts {
  readonly alone: Part;
  readonly beside: Part;
  readonly lean: Part;
}

/** One process of `cofferdam serve`, which watches the cluster, registered as the chart does it. */
export async function webhookParts(stop: Stoppers): Promise<WebhookParts> {
  const serving = await serve();
  stop.push(() => serving.stop());
  const part = async (values: Values): Promise<Part> => ({
    standing: [],
    switches: await registrations(values, serving.port),
    pids: [serving.pid],
  });
  const guard = { enabled: true };
  return {
    alone: await part({ guard: { enabled: false } }),
    beside: await part({ guard }),
    lean: await part({ guard, webhooks: { validateCreation: false } }),
  };
}

/** The fields of an entry of a webhook configuration that are changed here. */
interface Entry {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

type Registration = KubeObject & { readonly webhooks: readonly Entry[] };

/** The registrations of the chart, with a port of this machine instead of its Service. */
export async function registrations(values: Values, port: number): Promise<readonly KubeObject[]> {
  const caBundle = (await readFile(TLS_CERT)).toString('base64');
  const reached = ({ clientConfig, ...entry }: Entry) => ({
    ...entry,
    clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}`, caBundle },
  });
  const made = await render('cofferdam-system', values, '--show-only', 'templates/webhooks.yaml');
  return (made as unknown as readonly Registration[]).map(object => ({
    ...object,
    webhooks: object.webhooks.map(reached),
  }));
}
