import { readFile } from 'node:fs/promises';
import { render } from '../../e2e/support/helm.ts';
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
  const part = async (guard: boolean, change = (entry: Entry) => [entry]): Promise<Part> => ({
    standing: [],
    switches: await registrations(guard, serving.port, change),
    pids: [serving.pid],
  });
  return { alone: await part(false), beside: await part(true), lean: await part(true, withoutCreation) };
}

/** Of a webhook configuration, as far as it is changed here. */
interface Entry {
  readonly clientConfig: { readonly service: { readonly path: string } };
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

type Registration = KubeObject & { readonly webhooks: readonly Entry[] };

/** The chart's, but by a port of this machine instead of its Service. */
export async function registrations(
  guard: boolean,
  port: number,
  change = (entry: Entry) => [entry],
): Promise<readonly KubeObject[]> {
  const caBundle = (await readFile(TLS_CERT)).toString('base64');
  const reached = ({ clientConfig, ...entry }: Entry) => ({
    ...entry,
    clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}`, caBundle },
  });
  const values = { guard: { enabled: guard } };
  const made = await render('cofferdam-system', values, '--show-only', 'templates/webhooks.yaml');
  return (made as unknown as readonly Registration[]).map(object => ({
    ...object,
    webhooks: object.webhooks.flatMap(change).map(reached),
  }));
}

/** `/validate` is not asked about new Pods, and an entry that asks about nothing else is gone. */
function withoutCreation(entry: Entry): Entry[] {
  if (!entry.clientConfig.service.path.startsWith('/validate/')) return [entry];
  const rules = entry.rules.map(withoutCreationOfPods).filter(({ operations }) => operations.length > 0);
  return rules.length > 0 ? [{ ...entry, rules }] : [];
}

const withoutCreationOfPods = (rule: Rule): Rule =>
  rule.resources.includes('pods')
    ? { ...rule, operations: rule.operations.filter(operation => operation !== 'CREATE') }
    : rule;
