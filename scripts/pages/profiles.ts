import { builtinProfiles, builtinProfileTable } from '../../src/profiles/builtin.ts';
import { type Profile, SUPPORTS, type Support } from '../../src/profiles/profile.ts';
import { HOST_PATHS } from '../../src/signals/host-path.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { code, page, table } from './markdown.ts';

/** The table has signs, as with words it would be wider than a page. */
const MARK: Readonly<Record<Support, string>> = {
  contained: '·',
  degraded: '~',
  unsupported: '✗',
  exposed: '**!**',
};

/** The kinds of sandboxes that have a table each, since a table of all would be wider than a page. */
const FAMILIES: readonly (readonly [title: string, has: (profile: Profile) => boolean])[] = [
  [
    'gVisor and Kata Containers',
    ({ id, isolation }) => isolation !== 'confidential-vm' && /^(gvisor|kata)/.test(id),
  ],
  ['Confidential VMs', ({ isolation }) => isolation === 'confidential-vm'],
  ['Others', () => true],
];

const RESOURCE_EXAMPLE = `\`\`\`yaml
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxProfile
metadata:
  name: gvisor-with-fpga
spec:
  extends: gvisor
  handlers: [runsc]
  resources:
    example.com/fpga:
      support: degraded
      reason: our runsc passes its calls on to the host's driver
      source: https://git.example.com/nodes/runsc
\`\`\``;

/** The profiles: what each handler is, a matrix of signals, and the reason for every word other than `contained`. */
export function profilesPage(): string {
  const all = builtinProfileTable().all.filter(profile => profile.handlers.length > 0);
  const sandboxes = all.filter(({ isolation }) => isolation !== 'host-kernel');
  const retired = builtinProfiles().filter(({ spec }) => spec.retired !== undefined);
  return page(
    'Profiles',
    'policies/profiles',
    'A profile says what a runtime **handler** is and what becomes of each signal under it. A RuntimeClass is what its handler is, whatever its name. A handler that no profile names, and every `-debug` or `-devkit` handler, counts as the host kernel.',
    table(
      ['word', 'sign below', 'it means'],
      [
        ['contained', MARK.contained, 'It works, and the host is out of reach.'],
        ['degraded', MARK.degraded, 'It works differently, or fails safely inside the sandbox.'],
        ['unsupported', MARK.unsupported, 'The Pod would not start, or would not get what it asks for.'],
        ['exposed', MARK.exposed, 'The host is reachable through it.'],
      ],
    ),
    '## Handlers',
    table(
      ['profile', 'isolation', 'handlers'],
      all.map(({ id, isolation, handlers }) => [
        code(id),
        code(isolation),
        handlers.map(h => code(h || '(default)')).join(', '),
      ]),
    ),
    ...all.flatMap(named),
    ...all
      .filter(({ os }) => os === 'windows')
      .map(({ id }) => `${code(id)} runs only Windows Pods; the other sandboxes run Linux Pods.`),
    ...retired.map(
      ({ metadata, spec }) =>
        `**${spec.title ?? metadata.name}** is retired. Use this instead: ${spec.retired}.`,
    ),
    '## Where sandboxes differ',
    ...matrices(sandboxes),
    '## The same in every sandbox',
    ...SUPPORTS.map(support => everywhere(sandboxes, support)).filter(text => text !== ''),
    '## What is not served',
    "Not everything that is exposed is really the host's: under a VM, `/proc` is the guest's, and a socket leads nowhere. If an exemption waives such a path, the class objects. The Pod then stays on the host kernel, as the exemption says, or is rejected; it is never left in a sandbox that does not show it what it is there for. Each path also stands for what is below it; `/` is the root directory by itself, and `/*` is everything. A SandboxProfile that knows better says so in `notServed`, beside `exposed`.",
    notServed(sandboxes),
    '## Reasons',
    'This section gives the reason and the source for every word other than `contained`.',
    ...SIGNALS.map(({ id }) => reasons(id, all, sandboxes)).filter(text => text !== ''),
    '## Resources by name',
    'These words are for single resources, and take precedence over the word for their signal (`gpu`, `extendedResource`, …). Your own SandboxProfile says its words in `spec.resources`. A word of it for the signal holds for all resources of that signal.',
    namedResources(all),
    RESOURCE_EXAMPLE,
  );
}

/** The reason why a handler counts as less than its name promises. */
const named = ({ handlers, isolationReason, isolationSource }: Profile): readonly string[] =>
  isolationReason === undefined
    ? []
    : [
        `${handlers.map(code).join(', ')}: ${isolationReason}${isolationSource === undefined ? '' : ` ([source](${isolationSource}))`}.`,
      ];

const supports = (sandboxes: readonly Profile[], signal: string): readonly Support[] =>
  sandboxes.map(profile => word(profile, signal).support);

const differs = (sandboxes: readonly Profile[], signal: string): boolean =>
  new Set(supports(sandboxes, signal)).size > 1;

/** A table for each family. */
function matrices(sandboxes: readonly Profile[]): readonly string[] {
  const signals = SIGNALS.map(({ id }) => id).filter(id => differs(sandboxes, id));
  const families = Map.groupBy(sandboxes, profile => FAMILIES.find(([, has]) => has(profile))?.[0]);
  return FAMILIES.flatMap(([title]) => [`### ${title}`, matrix(families.get(title) ?? [], signals)]);
}

/** Profiles with the same words throughout share a column. */
function matrix(sandboxes: readonly Profile[], signals: readonly string[]): string {
  const groups = [
    ...Map.groupBy(sandboxes, profile => signals.map(id => word(profile, id).support).join()).values(),
  ];
  return table(
    ['signal', ...groups.map(group => group.map(({ id }) => id).join(', '))],
    signals.map(id => [code(id), ...groups.map(([first]) => MARK[word(first as Profile, id).support])]),
  );
}

function everywhere(sandboxes: readonly Profile[], support: Support): string {
  const signals = SIGNALS.map(({ id }) => id).filter(
    id => !differs(sandboxes, id) && supports(sandboxes, id)[0] === support,
  );
  return signals.length === 0 ? '' : `**${support}**: ${signals.map(code).join(', ')}`;
}

function notServed(sandboxes: readonly Profile[]): string {
  const words = HOST_PATHS.flatMap(({ id: signal }) =>
    sandboxes.flatMap(profile => {
      const lists = word(profile, signal).notServed;
      return lists
        ? [{ id: profile.id, signal, paths: codes(lists.paths), except: codes(lists.except ?? []) }]
        : [];
    }),
  );
  const groups = Map.groupBy(words, ({ signal, paths, except }) => [signal, paths, except].join());
  return table(
    ['signal', 'not served', 'except', 'profiles'],
    Array.from(groups.values(), group => {
      const [{ signal, paths, except }] = group as [(typeof words)[number]];
      return [code(signal), paths, except, namesOf(group, sandboxes)];
    }),
  );
}

/** The ids of profiles; where most sandboxes are among them, the ids of the others. */
function namesOf(some: readonly { readonly id: string }[], sandboxes: readonly Profile[]): string {
  const ids = new Set(some.map(({ id }) => id));
  const others = sandboxes.filter(({ id }) => !ids.delete(id)).map(({ id }) => id);
  if (others.length > sandboxes.length / 4) return some.map(({ id }) => id).join(', ');
  const but = others.length === 0 ? '' : ` but ${others.join(', ')}`;
  return [...ids, `every sandbox${but}`].join(', ');
}

const codes = (paths: readonly string[]): string => paths.map(code).join(' ');

function word(profile: Profile, signal: string) {
  const found = profile.signals.get(signal);
  if (!found) throw new Error(`${profile.id} lacks a word for ${signal}`);
  return found;
}

function namedResources(all: readonly Profile[]): string {
  const words = all.flatMap(({ id, resources }) =>
    Array.from(resources, ([name, word]) => ({ name, id, ...word })),
  );
  const groups = Map.groupBy(words, ({ name, support, reason }) => JSON.stringify([name, support, reason]));
  const rows = [...groups.values()].map(group => {
    const [{ name, support, reason, source }] = group as [(typeof words)[number]];
    return [code(name), support, reason, group.map(({ id }) => id).join(', '), `[source](${source})`];
  });
  return table(['resource', 'support', 'reason', 'profiles', ''], rows);
}

function reasons(signal: string, all: readonly Profile[], sandboxes: readonly Profile[]): string {
  const words = all.map(profile => ({ id: profile.id, ...word(profile, signal) }));
  const groups = Map.groupBy(
    words.filter(({ support }) => support !== 'contained'),
    ({ support, reason, source }) => JSON.stringify([support, reason, source]),
  );
  const rows = [...groups.values()].map(group => {
    const [{ support, reason, source }] = group as [(typeof words)[number]];
    const link = /^https?:/.test(source) ? `[source](${source})` : source;
    return [support, reason, group.length === all.length ? 'all' : namesOf(group, sandboxes), link];
  });
  return rows.length === 0 ? '' : `### ${signal}\n\n${table(['support', 'reason', 'profiles', ''], rows)}`;
}
