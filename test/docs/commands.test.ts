import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { createProgram } from '../../src/cli/program.ts';
import { MODES } from '../../src/pod/mode.ts';
import { cofferdam } from '../cli/stranger.ts';
import { type CommandLine, commandLines, commandsIn, examplesIn } from './command-lines.ts';
import { ROOT, textOf } from './pages.ts';

/** Whether somebody who runs these words gets what they say: what is wrong with them, or nothing. */
type Check = (words: readonly string[]) => Promise<string | undefined> | string | undefined;

const nothing = () => undefined;
const program = (): Promise<Command> =>
  createProgram(
    { stdin: Readable.from([]), out: nothing, err: nothing, env: {}, color: false, isTTY: false },
    nothing,
    undefined,
  );

/** Words that stand for what the reader puts there. */
const isBlank = (word: string): boolean => /^(…|\.\.\.|\[.*)$/.test(word);

/** Checks that the command exists, and takes these options with such values, and so many words. */
async function ofProgram(words: readonly string[]): Promise<string | undefined> {
  let command = await program();
  let rest = words.filter(word => !isBlank(word));
  for (;;) {
    const next = command.commands.find(one => one.name() === rest[0]);
    if (!next) break;
    [command, rest] = [next, rest.slice(1)];
  }
  if (rest.some(word => ['--help', '-h', '--version'].includes(word))) return undefined;
  if (rest[0] === 'COMMAND' || words[0] === 'help') return undefined;
  try {
    const { operands, unknown } = command.parseOptions(rest);
    if (unknown.length > 0) return `${command.name()} knows no ${unknown.join(' ')}`;
    const takes = command.registeredArguments.length > 0;
    return operands.length > 0 && !takes ? `${command.name()} takes no ${operands.join(' ')}` : undefined;
  } catch (error) {
    return String(error);
  }
}

const VALUES = parse(textOf('charts/cofferdam/values.yaml')) as object;

/** Each `--set` of the chart is a value of it. */
function ofHelm([verb = '', ...words]: readonly string[]): string | undefined {
  if (!['install', 'upgrade', 'rollback', 'uninstall', 'test', 'template', 'list'].includes(verb))
    return `helm ${verb}`;
  const gone = words.find(word => word.startsWith('charts/') && !existsSync(join(ROOT, word)));
  if (gone) return `there is no ${gone}`;
  const sets = words.flatMap((word, i) => (word === '--set' ? [words[i + 1] ?? ''] : []));
  const unknown = sets.find(set => {
    const path = set.replace(/=.*/s, '').split(/[.[]/);
    return !isAt(VALUES, path) && !path.some(key => /^\w+\]$/.test(key));
  });
  return unknown && `the chart has no value ${unknown}`;
}

function isAt(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  // A map that is empty by default takes any key.
  if (Object.keys(value).length === 0) return true;
  return Object.hasOwn(value, key) && isAt((value as Record<string, unknown>)[key], rest);
}

const VERBS =
  'annotate api-resources apply auth config create debug delete describe diff exec explain get label logs patch port-forward replace rollout run scale uncordon wait'.split(
    ' ',
  );

function ofKubectl(words: readonly string[]): ReturnType<Check> {
  if (words[0] === 'cofferdam') return ofProgram(words.slice(1));
  const verb = words.find((word, i) => !word.startsWith('-') && words[i - 1] !== '-n') ?? '';
  if (!VERBS.includes(verb)) return `kubectl ${verb}`;
  const file = words.find((_, i) => words[i - 1] === '-f');
  if (file?.includes('/') && /^(docs|policies|charts)\//.test(file) && !existsSync(join(ROOT, file)))
    return `there is no ${file}`;
  const mode = words
    .find(word => word.startsWith('cofferdam.dev/mode='))
    ?.slice('cofferdam.dev/mode='.length);
  const known = mode === undefined || (MODES as readonly string[]).includes(mode) || /^[A-Z]/.test(mode);
  return known ? undefined : `there is no mode ${mode}`;
}

/** Without `--no-install`, npx fetches what is not there: whoever takes the name runs code on the reader's machine. */
function ofNpx([flag, name = '', ...words]: readonly string[]): ReturnType<Check> {
  if (flag !== '--no-install') return 'npx without --no-install may run what a stranger publishes';
  if (name === 'cofferdam') return ofProgram(words);
  return existsSync(join(ROOT, 'node_modules/.bin', name))
    ? undefined
    : `there is no ${name} in the checkout`;
}

function ofNpm([verb = '', ...words]: readonly string[]): string | undefined {
  if (['ci', 'link', 'prefix', 'test', 'start', 'pack'].includes(verb)) return undefined;
  const script = words.find(word => !word.startsWith('-')) ?? '';
  return verb === 'run' && (script === '' || script in manifest.scripts)
    ? undefined
    : `npm ${verb} ${script}`;
}

/** Options of `docker run` that take a value in the next word. */
const TAKE_VALUE = ['-v', '-w', '-e', '-p', '--user', '--network', '--name', '--volume', '--entrypoint'];

function ofDocker([verb = '', ...words]: readonly string[]): ReturnType<Check> {
  if (['build', 'push', 'compose', 'volume'].includes(verb)) return undefined;
  if (verb !== 'run') return `docker ${verb}`;
  const at = words.findIndex((word, i) => !word.startsWith('-') && !TAKE_VALUE.includes(words[i - 1] ?? ''));
  const image = words[at] ?? '';
  // The image has one program, and nothing else that could be run.
  return /^IMAGE$|\/cofferdam:/.test(image) ? ofProgram(words.slice(at + 1)) : undefined;
}

/** Programs that are not there to be asked: a command has to be one that their own documents have. */
const asDocumented =
  (program: string, known: RegExp): Check =>
  words =>
    known.test(words.join(' ')) ? undefined : `${program} ${words.join(' ')}`;
const ofMinikube = asDocumented(
  'minikube',
  /^(start --container-runtime=containerd |addons enable gvisor$|image build -t |delete$)/,
);
const ofArgoCd = asDocumented('argocd', /^app set \S+ --sync-policy (none|automated)$/);
const ofFlux = asDocumented('flux', /^(suspend|resume) (helmrelease|kustomization) \S+ -n \S+$/);

const ofNode = (words: readonly string[]): string | undefined => {
  const file = words.find(word => !word.startsWith('-')) ?? '';
  return existsSync(join(ROOT, file)) || file.startsWith('dist/') ? undefined : `there is no ${file}`;
};

const CHECKS: Readonly<Record<string, Check>> = {
  npx: ofNpx,
  npm: ofNpm,
  node: ofNode,
  cofferdam: ofProgram,
  helm: ofHelm,
  kubectl: ofKubectl,
  docker: ofDocker,
  kustomize: ([verb]) => (verb === 'build' ? undefined : `kustomize ${verb}`),
  minikube: ofMinikube,
  argocd: ofArgoCd,
  flux: ofFlux,
};

/** What a system has, or one of the packages that a page has its reader install. */
const SYSTEM =
  'apt-get awk base64 blockdev bzip2 cat cd chmod command containerd cp crictl ctr curl dmsetup dnf echo eval export git grep id install jq ln losetup ls lscpu lsmod mkdir modprobe mount mv nerdctl openssl printf rm runsc sed set sha256sum sha512sum sh sudo sysctl systemctl tar tee test truncate uname wget xargs zstd'.split(
    ' ',
  );

async function faultOf(words: readonly string[]): Promise<string | undefined> {
  const [first = '', ...rest] = words;
  // Before the program: what it finds in its environment.
  if (/^\w+=/.test(first)) return rest.length > 0 ? faultOf(rest) : undefined;
  if (first === 'sudo' || first === 'xargs') return undefined;
  const check = CHECKS[first];
  if (check) return check(rest);
  if (first.includes('/'))
    return existsSync(join(ROOT, first)) || first.startsWith('/') ? undefined : `there is no ${first}`;
  return SYSTEM.includes(first) ? undefined : `nobody has a program ${first}`;
}

/** The examples of all pages of help. */
async function examples(): Promise<readonly CommandLine[]> {
  const commands = (await program()).commands.flatMap(command => [
    [command.name()],
    ...command.commands.map(below => [command.name(), below.name()]),
  ]);
  const pages = [[], ...commands].map(async words => {
    const { out } = await cofferdam([...words, '--help']);
    return examplesIn(out).map(text => ({ where: `cofferdam ${words.join(' ')} --help`, text }));
  });
  return (await Promise.all(pages)).flat();
}

describe('what readers are told to run', async () => {
  const lines = [...commandLines(), ...(await examples())];

  it('is found wherever somebody is told', () => {
    const files = new Set(lines.map(({ where }) => where.replace(/:\d+$/, '')));
    for (const file of [
      'README.md',
      'docs/rollout.md',
      'charts/cofferdam/templates/NOTES.txt',
      'src/cli/judging/render-project.ts',
      'cofferdam review --help',
      'cofferdam export guard --help',
    ])
      expect(files).toContain(file);
    expect(lines.length).toBeGreaterThan(150);
  });

  it('works as it is written', async () => {
    const faults: string[] = [];
    for (const { where, text } of lines) {
      for (const words of commandsIn(text)) {
        const fault = await faultOf(words);
        if (fault !== undefined) faults.push(`${where}: ${text}\n  ${fault}`);
      }
    }
    expect(faults.join('\n')).toBe('');
  });

  it('is no name alone that nobody has on PATH, where it is to be copied', () => {
    const bare = lines.filter(
      ({ text, toCopy }) =>
        toCopy && !text.includes('…') && commandsIn(text).some(([first]) => first === 'cofferdam'),
    );
    expect(bare).toEqual([]);
  });

  it('never is npx without --no-install, in whatever file', () => {
    const found = [
      'README.md',
      'README.zh-CN.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'docs',
      'src',
      'charts',
      'policies',
      '.ci',
    ]
      .flatMap(path => filesIn(path))
      .flatMap(file =>
        textOf(file)
          .split('\n')
          .map((line, i) => ({ where: `${file}:${i + 1}`, line })),
      )
      .filter(({ line }) => /\bnpx (?!--no-install )\S*cofferdam/.test(line));
    expect(found).toEqual([]);
  });
});

const filesIn = (path: string): readonly string[] =>
  /\.\w+$/.test(path) && !path.startsWith('.')
    ? [path]
    : readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true, encoding: 'utf8' })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1));

describe('the check of a command', () => {
  it.each([
    'npx cofferdam review deploy/',
    'npx --no-install cofferdam-cli review',
    'npx --no-install cofferdam reveiw deploy/',
    'npx --no-install cofferdam review --from-clutser',
    'npx --no-install cofferdam review --mode sometimes deploy/',
    'npx --no-install cofferdam doctor deploy/',
    'helm template x | cofferdam review --policies strict -',
    'docker run --rm -i IMAGE reveiw -',
    'docker run --rm -i -v "$PWD:/w" registry.example/cofferdam:0.1.0 review --strickt -',
    'npm run tests',
    'node docs/nowhere.ts',
    'helm install cofferdam charts/coferdam',
    'helm upgrade cofferdam charts/cofferdam --set defaultmode=warn',
    'kubectl labels namespace shop a=b',
    'kubectl label namespace shop cofferdam.dev/mode=enforced',
    'kubectl apply -f docs/samples/nowhere.yaml',
    'cofferdamctl review',
    'minikube addons enable gvizor',
    'argocd app set cofferdam --sync-policy off',
    'flux suspend helmreleases cofferdam -n cofferdam-system',
    'echo "$(npx cofferdam verify --script)"',
  ])('finds what is wrong with %s', async line => {
    const faults = await Promise.all(commandsIn(line).map(faultOf));
    expect(faults.filter(fault => fault !== undefined)).toHaveLength(1);
  });

  it.each([
    'npx --no-install cofferdam export guard --policy strict | kubectl apply --server-side -f -',
    'docker run --rm --runtime=runsc alpine sh -c "uname -a; cat /proc/version" | cofferdam verify -',
    "helm install x charts/cofferdam --set runtimeClasses.create='{gvisor}' --wait # a comment | with | bars",
  ])('has nothing against %s', async line => {
    const faults = await Promise.all(commandsIn(line).map(faultOf));
    expect(faults.filter(fault => fault !== undefined)).toEqual([]);
  });
});
