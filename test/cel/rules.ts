import { twoContainerPod } from '../bench/body.ts';

export const VARIABLES = ['object', 'namespaceObject'] as const;

/** Rules as people write them, without optionals, which `@bufbuild/cel` cannot parse; and what they are on the Pod. */
export const RULES: readonly (readonly [expression: string, expected: boolean])[] = [
  [
    "has(object.metadata.labels) && has(object.metadata.labels.app) && object.metadata.labels.app == 'web'",
    true,
  ],
  ["object.spec.containers.exists(c, c.image.startsWith('docker.io/'))", false],
  ['object.spec.priority >= 0 && size(object.spec.containers) == 2', true],
  ['object.spec.containers.exists(c, has(c.env) && c.env.exists(e, has(e.valueFrom)))', false],
  [
    "object.spec.volumes.all(v, !has(v.hostPath)) && object.spec.containers.all(c, c.image.matches('^(nginx|busybox)(:|$)'))",
    true,
  ],
];

export const CONTEXT = {
  object: twoContainerPod(undefined),
  namespaceObject: { metadata: { name: 'shop', labels: { tier: 'gold' } } },
};

/** What costs most a step: absent keys (an exception each), conversions, patterns, long strings. */
export const COSTLY: readonly string[] = [
  'object.list.exists(a, object.list.exists(b, a.number + b.number == -1))',
  "object.list.exists(a, object.list.exists(b, a.name + b.name == ''))",
  'object.list.exists(a, object.list.exists(b, a == b && false))',
  'object.list.map(a, object.list.map(b, a.number * b.number)).size() == 1',
  'object.list.exists(a, object.list.exists(b, string(a.number) == b.name))',
  "object.list.all(a, object.list.all(b, a.?absent.?absent.orValue('') == ''))",
  'object.list.exists(a, a.name in object.list.map(b, b.number))',
  'object.list.all(a, object.list.all(b, a.absent.absent == 1))',
  'object.list.all(a, object.list.all(b, a.x || a.y || b.x || b.y))',
  "object.list.exists(a, object.text.contains('ab'))",
  "object.list.exists(a, object.text.matches('[ab]*[bc][cd]'))",
  "object.list.exists(a, object.text.split('').join('') == '')",
  'object.list.exists(a, object.list == object.other)',
  'object.list.exists(a, !(a in object.list))',
  "object.list.map(a, a.name).map(a, a + a).map(a, a + a).exists(a, a == '')",
];

/** `length` entries in a list, each a map; and a long string. */
export const hostile = (length: number, text: number) => ({
  object: {
    list: Array.from({ length }, (_, number) => ({ name: `name-${number}`, number })),
    // Equal but for its end, so that comparing the two takes all the way.
    other: Array.from({ length }, (_, number) => ({
      name: `name-${number}`,
      number: Math.min(number, length - 2),
    })),
    text: 'a'.repeat(text),
  },
});
