import type { ReadField } from './field.ts';
import type { PodMaker } from './pod-maker.ts';
import type { Word } from './service.ts';

/** The label of Pods, which services may have, too. */
const RISK = 'cofferdam.dev/risk';
/** The risks in ascending order. Any other value counts as the highest that a policy lists. */
const RISKS = ['low', 'medium', 'high', 'critical'];

export const labels: ReadField = (service, pod) => {
  for (const { key, value } of service.entries(service.service.labels, service.at('labels'))) {
    // Routers and dashboards take the values of many labels from variables, and no profile looks at them.
    if (key !== RISK && !key.includes('$')) service.settled(value);
    add(pod, key, value);
  }
};

/** The higher of the label and the extension counts. */
export const risk: ReadField = (service, pod) => {
  const word = service.text('x-cofferdam-risk');
  if (word) add(pod, RISK, word);
};

function add(pod: PodMaker, key: string, { text, keys }: Word): void {
  const before = key === RISK ? pod.labels[RISK] : undefined;
  if (before === undefined || rank(text) > rank(before)) pod.label(key, text, keys);
}

const rank = (text: string): number => {
  const at = RISKS.indexOf(text);
  return at < 0 ? RISKS.length : at;
};

/** Docker passes annotations to the runtime, which obeys some. */
export const annotations: ReadField = (service, pod) => {
  const field = 'annotations';
  // The annotations that this project writes on Pods mean nothing here.
  for (const { key, value } of service.entries(service.service[field], service.at(field)))
    if (!key.startsWith('cofferdam.dev/')) pod.annotation(key, value.text, value.keys);
};

/** Labels in files are not read, so a risk in one would be missed. */
export const labelFile: ReadField = service =>
  service.leftOut(
    service.at('label_file'),
    'found labels in another file, which is not read: judged without them',
    'Review what "docker compose config" prints, or write the labels here.',
  );
