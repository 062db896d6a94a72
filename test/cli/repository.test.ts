import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { podText } from '../support/manifests.ts';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

let folder = '';
const at = (...names: string[]) => join(folder, ...names);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const write = (files: Readonly<Record<string, string>>): Promise<void> => writeFiles(folder, files);

const pod = (name: string, spec = ''): string => podText(name, { spec });
const deployment = (name: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {template: {spec: {containers: [{name: a, image: a:1}]}}}\n`;

/** Objects with verdicts, problems without the folder, counts, the exit code. */
async function review(...argv: string[]) {
  const { out, code } = await cofferdam(['review', '-o', 'json', ...argv]);
  const { results, problems, summary } = JSON.parse(out);
  return {
    code,
    summary,
    judged: results.map(({ verdict, kind, name }: Record<string, string>) => `${verdict} ${kind}/${name}`),
    problems: problems.map(({ severity, source, line, message, fix }: Record<string, string>) =>
      [`${severity} ${source}${line === null ? '' : `:${line}`}: ${message}`, fix]
        .join('\n')
        .replaceAll(folder, '.'),
    ),
  };
}

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'values.yaml': 'image: a:1\nhostNetwork: true\n',
  'templates/web.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n',
  'templates/plain.yaml': pod('of-the-chart', 'hostPID: true'),
  'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\n',
  'charts/sub/templates/a.yaml': 'kind: {{ x }}\napiVersion: v1\n',
  'crds/crd.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n',
};
const below = (prefix: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${prefix}/${name}`, text]));

const CHART_LINE = (severity: string, where: string): string =>
  `${severity} ${where}: a Helm chart: not judged, as its files become manifests only when it is rendered
helm template shop ${where} | cofferdam review -   (--helm renders it where the program is on PATH)`;
const KUSTOMIZE_LINE = (severity: string, where: string): string =>
  `${severity} ${where}: a kustomization: not judged, as its files become manifests only when it is built
kustomize build ${where} | cofferdam review -   (--kustomize builds it where the program is on PATH)`;

it('an ordinary repository is an answer', async () => {
  await write({
    'package.json': '{"name": "shop"}',
    'package-lock.json': '{"lockfileVersion": 3}',
    'values.yaml': 'hostNetwork: true\nimage: a\n',
    'compose.yaml': 'services: {web: {image: "a:1", privileged: true}}\n',
    '.github/workflows/ci.yml': 'on: push\n',
    'dashboards/main.json': '{"panels": [{"title": "a"}]}',
    'mkdocs.yml': 'nav: !!python/name:x\n',
    'catalog-info.yaml':
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\nspec: {}\n',
    ...below('charts/shop', CHART),
    'deploy/web.yaml': deployment('web'),
  });
  const { code, judged, problems, summary } = await review(folder);
  expect(judged).toEqual(['admit Deployment/web']);
  expect(problems).toEqual([CHART_LINE('warning', './charts/shop')]);
  expect(summary).toMatchObject({ total: 1, skipped: 1, unrelated: 7 });
  expect(code).toBe(0);
});

describe('a chart', () => {
  it('that is named is an error of one line, as nothing was judged', async () => {
    await write(below('shop', CHART));
    for (const path of [at('shop'), at('shop', 'templates'), at('shop', 'Chart.yaml')]) {
      const { code, judged, problems } = await review(path);
      expect(judged).toEqual([]);
      expect(problems).toEqual([CHART_LINE('error', './shop')]);
      expect(code).toBe(2);
    }
  });

  it('whose template is named says how it is rendered', async () => {
    await write(below('shop', CHART));
    const { problems } = await review(at('shop', 'templates', 'web.yaml'));
    expect(problems).toEqual([
      `error ./shop/templates/web.yaml:4: a Helm template (it holds {{ }}), not a manifest
Render the chart, and review what comes out: helm template ./shop | cofferdam review -`,
    ]);
  });

  it('that is a library makes nothing, and manifests beside its templates are judged', async () => {
    await write({
      ...below('lib', { ...CHART, 'Chart.yaml': 'apiVersion: v2\nname: lib\ntype: library\n' }),
      ...below('shop', CHART),
      'shop/ci/pod.yaml': pod('beside'),
    });
    const { judged, problems } = await review(folder);
    expect(judged).toEqual(['admit Pod/beside']);
    expect(problems).toEqual([
      'warning ./lib: a library chart, which makes nothing by itself: its templates were not read\nReview a chart that depends on it.',
      CHART_LINE('warning', './shop'),
    ]);
  });
});

describe('the values of a chart', () => {
  it('are told as the chart, whatever they are', async () => {
    await write({
      'shop/Chart.yaml': CHART['Chart.yaml'],
      'shop/values.yaml': 'a: *b\n',
      'shop/values.schema.json': '{"type": "object"}',
      'shop/requirements.yaml': 'dependencies: []\n',
      'lib/Chart.yaml': 'apiVersion: v2\nname: lib\ntype: library\n',
      'lib/values.yaml': 'a: 1\n',
    });
    expect((await review(folder)).summary).toMatchObject({ total: 0, unrelated: 0 });
  });

  it('hide no manifest, as kubectl would apply it', async () => {
    await write({
      'shop/Chart.yaml': CHART['Chart.yaml'],
      'shop/values.yaml': `a: 1\n---\n${pod('hidden')}`,
      'other/Chart.yaml': CHART['Chart.yaml'],
      'other/values.yaml': `items:\n- ${JSON.stringify({ apiVersion: 'v1', kind: 'Pod' })}\n`,
    });
    const { judged, problems } = await review(folder);
    expect(judged).toEqual(['admit Pod/hidden']);
    expect(problems.join('\n')).toContain('./other/values.yaml:2');
  });
});

describe('templates of other programs', () => {
  it('are one warning', async () => {
    const template = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n';
    await write({ 'a.yaml': template, 'b/b.yaml': template, 'c.yaml': pod('fine') });
    const { code, judged, problems } = await review(folder);
    expect(judged).toEqual(['admit Pod/fine']);
    expect(problems).toEqual([
      `warning ./a.yaml:4: 2 files are templates (they hold {{ }}), not manifests: this is the first
Review what is made of them, or leave them out with --exclude.`,
    ]);
    expect(code).toBe(0);
  });
});

const KUSTOMIZE = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': deployment('web'),
  'overlays/prod/kustomization.yml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../base, more.yaml, https://example.org/x.yaml]\ncomponents: [../../parts/tls]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: c, files: [key=settings.yaml]}]\n',
  'overlays/prod/patch.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {hostNetwork: true}}}\n',
  'overlays/prod/more.yaml': pod('more', 'hostPID: true'),
  'overlays/prod/settings.yaml': pod('no-pod', 'hostPID: true'),
  'overlays/dev/Kustomization': 'bases: [../../base]\n',
  'parts/tls/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n',
  'parts/tls/p.yaml': 'kind: Deployment\napiVersion: apps/v1\nmetadata: {name: web}\nspec: {}\n',
  'plain/pod.yaml': pod('plain'),
};

describe('a kustomization', () => {
  it('is one line; its bases, parts and patches are none, and what is beside it is judged', async () => {
    await write(KUSTOMIZE);
    const { code, judged, problems } = await review(folder);
    expect(judged).toEqual(['admit Pod/plain']);
    expect(problems).toEqual([
      KUSTOMIZE_LINE('warning', './overlays/dev'),
      KUSTOMIZE_LINE('warning', './overlays/prod'),
    ]);
    expect(code).toBe(0);
  });

  it('that is named, by its folder or file, is an error of one line', async () => {
    await write(KUSTOMIZE);
    for (const path of [at('base'), at('base', 'kustomization.yaml')]) {
      const { code, judged, problems } = await review(path);
      expect(judged).toEqual([]);
      expect(problems).toEqual([KUSTOMIZE_LINE('error', './base')]);
      expect(code).toBe(2);
    }
  });

  it('is found beside folders that are called as something else in it', async () => {
    await write({
      'kustomization.yaml': 'namespace: prod\nnamePrefix: dev\nresources: [base]\n',
      'base/kustomization.yaml': 'resources: []\n',
      'prod/kustomization.yaml': 'resources: []\n',
      'flux/kustomization.yaml':
        'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: f}\nspec: {path: ./base}\n',
    });
    const { problems } = await review(folder);
    expect(problems).toEqual([KUSTOMIZE_LINE('error', '.'), KUSTOMIZE_LINE('warning', './prod')]);
  });

  it('that cannot be read says where', async () => {
    await write({ 'kustomization.yaml': 'resources: [a.yaml]\nresources: [b.yaml]\n' });
    const { problems } = await review(folder);
    expect(problems[0]).toContain('./kustomization.yaml:2: the key resources is set twice');
  });
});

describe('programs on PATH', () => {
  const program = async (name: string, text: string): Promise<void> => {
    await write({ [`bin/${name}`]: `#!/bin/sh\n${text}\n` });
    await chmod(at('bin', name), 0o755);
    vi.stubEnv('PATH', `${at('bin')}:/usr/bin:/bin`);
  };

  it('--helm renders charts, with the namespace that is named', async () => {
    await write(below('charts/shop', CHART));
    await program('helm', `cat <<E\n${pod('rendered', 'hostPID: true')}E\necho "# $*" >${at('said')}`);
    const { code, judged, problems } = await review(at('charts'), '--helm', '-n', 'team');
    expect(judged).toEqual(['reject Pod/rendered']);
    expect(problems).toEqual([]);
    expect(code).toBe(1);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(at('said'), 'utf8')).toBe(
      `# template shop ${at('charts', 'shop')} --namespace team\n`,
    );
  });

  it('its results say what they were made of', async () => {
    await write(below('charts/shop', CHART));
    await program('helm', `echo; cat <<E\n${pod('rendered', 'hostPID: true')}E`);
    const { out } = await cofferdam(['review', at('charts'), '--helm']);
    expect(out).toContain(`${at('charts', 'shop')} (helm template):5  hostPID`);
  });

  it('--kustomize builds kustomizations, with kubectl where kustomize is not there', async () => {
    await write(KUSTOMIZE);
    await program('kubectl', `[ "$1" = kustomize ] && cat <<E\n${pod('built')}E`);
    vi.stubEnv('PATH', `${at('bin')}:/bin`);
    const { judged, problems } = await review(at('overlays', 'prod'), '--kustomize');
    expect([judged, problems]).toEqual([['admit Pod/built'], []]);
  });

  describe('name the file that kustomize says an object was made of', () => {
    const BUILT = pod('built', 'hostPID: true');
    /** What kustomize 5.5 writes where buildMetadata asks for originAnnotations. */
    const annotated = (origin: string): string =>
      BUILT.replace(
        '{name: built}',
        `\n  annotations:\n    config.kubernetes.io/origin: |\n      ${origin}\n  name: built`,
      );
    const places = async (built: string): Promise<readonly string[]> => {
      await write(KUSTOMIZE);
      await program('kustomize', `cat <<'E'\n${built}E`);
      const { out } = await cofferdam(['review', at('overlays', 'prod'), '--kustomize', '-o', 'json']);
      const [{ source, line, rendered, findings }] = JSON.parse(out).results;
      const [finding] = findings;
      return [source, line, rendered?.line, finding.line, finding.rendered?.line].map(one =>
        String(one).replaceAll(folder, '.'),
      );
    };

    it.each([
      ['path: ../../base/web.yaml', './base/web.yaml'],
      ['path: more.yaml', './overlays/prod/more.yaml'],
      [
        'configuredIn: kustomization.yaml\n      configuredBy: {kind: Generator}',
        './overlays/prod/kustomization.yaml',
      ],
    ])('%j', async (origin, file) => {
      const [source, ...lines] = await places(annotated(origin));
      expect(source).toBe(file);
      expect(lines).toEqual([
        'null',
        '1',
        'null',
        String(annotated(origin).slice(0, annotated(origin).indexOf('hostPID')).split('\n').length),
      ]);
    });

    it.each([
      ['none', BUILT],
      ['one in another repository', annotated('path: web.yaml\n      repo: https://example.org/x')],
      ['one of the whole machine', annotated('path: /etc/web.yaml')],
      ['what is no origin', annotated('path: [web.yaml]')],
      ['what is no YAML', annotated('path: [')],
    ])('and what was built where there is %s', async (_, built) => {
      const [source, line, rendered] = await places(built);
      expect([source, line, rendered]).toEqual(['./overlays/prod (kustomize build)', '1', 'undefined']);
    });
  });

  it('that fail say what they said', async () => {
    await write(below('shop', CHART));
    await program(
      'helm',
      'echo "Error: found in Chart.yaml, but missing in charts/ directory: db" >&2; exit 1',
    );
    const { code, problems } = await review(at('shop'), '--helm');
    expect(problems).toEqual([
      `error ./shop: helm failed: Error: found in Chart.yaml, but missing in charts/ directory: db
Run it by itself: helm template shop ./shop`,
    ]);
    expect(code).toBe(2);
  });

  it('that are not there say so', async () => {
    await write({ ...below('shop', CHART), ...below('k', KUSTOMIZE) });
    vi.stubEnv('PATH', at('nowhere'));
    const { problems } = await review(at('shop'), at('k', 'base'), '--helm', '--kustomize');
    expect(problems).toEqual([
      'error ./shop: helm is not on PATH\nInstall it, or pipe here what another machine makes: helm template shop ./shop | cofferdam review -',
      'error ./k/base: kustomize and kubectl are not on PATH\nInstall one of them, or pipe here what another machine makes: kustomize build ./k/base | cofferdam review -',
    ]);
    expect(process.env.PATH).toBe(at('nowhere'));
  });

  it('are given the folder as one word', async () => {
    await write(below('a b', CHART));
    const { problems } = await review(at('a b'));
    expect(problems[0]).toContain("helm template shop './a b' |");
  });
});

describe('what is left out', () => {
  beforeEach(() =>
    write({
      'a.yaml': pod('a', 'hostPID: true'),
      'test/b.yaml': pod('b', 'hostPID: true'),
      'deploy/c.yaml': pod('c'),
      'deploy/test/d.test.yaml': pod('d', 'hostPID: true'),
      'deploy/notes.txt': 'no manifest',
    }),
  );

  it.each([
    ['a name, wherever it is', ['test', 'a.yaml'], ['admit Pod/c'], 3],
    ['a path', ['/deploy/test', '*.txt', 'a.yaml'], ['admit Pod/c', 'reject Pod/b'], 2],
    ['a pattern', ['**/*.test.yaml', '[ab].yaml'], ['admit Pod/c'], 3],
    ['all but something', ['*', '!deploy/', '!c.yaml'], ['admit Pod/c'], 3],
  ])('--exclude: %s', async (_, globs, judged, excluded) => {
    const { judged: got, summary } = await review(folder, ...globs.flatMap(glob => ['--exclude', glob]));
    expect(got.sort()).toEqual([...judged].sort());
    expect(summary.excluded).toBe(excluded);
  });

  it('by a file in any folder, for what is in it; each is counted, and --no-ignore reads all', async () => {
    await write({
      '.cofferdamignore': '# why\n/test\na.yaml\n',
      'deploy/.cofferdamignore': '*.test.yaml\n',
    });
    const { judged, summary, code } = await review(folder);
    expect([judged, summary.excluded, code]).toEqual([['admit Pod/c'], 3, 0]);
    const { out } = await cofferdam(['review', folder]);
    expect(out).toContain('3 files and folders excluded.');
    const all = await review(folder, '--no-ignore');
    expect([all.summary.total, all.summary.excluded, all.code]).toEqual([4, 0, 1]);
  });

  it('is nothing that a link leads to, which is counted by itself', async () => {
    await write({ 'linking/c.yaml': pod('c') });
    await symlink('../deploy', at('linking', 'deploy'));
    const { judged, summary } = await review(at('linking'));
    expect([judged, summary.linked]).toEqual([['admit Pod/c'], 1]);
    const { out } = await cofferdam(['review', at('linking')]);
    expect(out).toContain('1 link to a folder outside not followed.');
    expect((await review(folder)).summary.linked).toBeUndefined();
  });

  it('is nothing by a folder that is called like a file which says so', async () => {
    for (const name of ['Kustomization', 'Chart.yaml', 'kustomization.yml', '.cofferdamignore'])
      await write({ [`named/${name}/c.yaml`]: pod(name.toLowerCase().replace(/^[.]/, '')) });
    const { judged, problems } = await review(at('named'));
    expect(problems).toEqual([]);
    expect(judged.sort()).toEqual([
      'admit Pod/chart.yaml',
      'admit Pod/cofferdamignore',
      'admit Pod/kustomization',
      'admit Pod/kustomization.yml',
    ]);
  });

  it('is nothing that was named', async () => {
    await write({ '.cofferdamignore': '*\n' });
    expect((await review(at('a.yaml'), '--exclude', 'a.yaml')).judged).toEqual(['reject Pod/a']);
  });

  it('may be everything', async () => {
    const { judged, summary, code } = await review(folder, '--exclude', '*');
    expect([judged, summary.excluded, code]).toEqual([[], 3, 0]);
  });

  it('below where the command runs, by a file there too', async () => {
    await write({ '.cofferdamignore': 'deploy/test\n' });
    const before = process.cwd();
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    process.chdir(folder);
    try {
      expect((await review('deploy')).judged).toEqual(['admit Pod/c']);
      expect((await review('deploy', '--no-ignore')).judged).toEqual(['admit Pod/c', 'reject Pod/d']);
      expect((await review('deploy', '--no-ignore', '--exclude', 'deploy/test')).judged).toEqual([
        'admit Pod/c',
      ]);
    } finally {
      vi.restoreAllMocks();
      process.chdir(before);
    }
  });
});

describe('placeholders', () => {
  it.each([
    `"\${NAME}"`,
    '<node>',
    '"{{ .name }}"',
    '"$(NAME)"',
    '$NAME',
    '"web-%ID%"',
    '__NAME__',
    '"@name@"',
  ])('in a name are a warning: %s', async name => {
    await write({ 'a.yaml': pod(name) });
    const { code, judged, problems } = await review(at('a.yaml'));
    expect(judged).toEqual([`admit Pod/${name.replaceAll('"', '')}`]);
    expect(problems).toEqual([
      `warning ./a.yaml:3: found ${JSON.stringify(name.replaceAll('"', ''))}, a placeholder: it was judged as what any object is
Fill it in before, as what applies it does (envsubst, sed, oc process).`,
    ]);
    expect(code).toBe(0);
  });

  it.each(['web', 'web.v1', 'a-b', ''])('are no ordinary names: %j', async name => {
    await write({ 'a.yaml': pod(JSON.stringify(name)) });
    expect((await review(at('a.yaml'))).problems).toEqual([]);
  });

  it.each([`\${NS}`, 'FILLED BY THE OPERATOR', 'my_team', 'Shop', 'a.b', '-x'])(
    'in a namespace are taken for one without labels, also where namespaces are listed: %s',
    async namespace => {
      await write({ 'a.yaml': pod(`a, namespace: "${namespace}"`) });
      const cluster = ['--cluster', 'test/golden/inputs/cluster.yaml'];
      const { code, judged, problems } = await review(at('a.yaml'), ...cluster);
      expect(judged).toEqual(['admit Pod/a']);
      expect(problems).toEqual([
        `warning ./a.yaml:3: found "${namespace}", a placeholder: it was judged as in a namespace without labels
Fill it in before, as what applies it does (envsubst, sed, oc process).`,
      ]);
      expect(code).toBe(0);
    },
  );

  it.each([
    `\${NS}`,
    '<ns>',
    '{{ .ns }}',
    '$(NS)',
    '$NS',
    'team-%ID%',
    '__NS__',
    '@ns@',
    'FILLED IN',
    'Shop',
  ])('in a namespace have nothing drafted that no loader takes: %s', async namespace => {
    await write({
      'a.yaml': pod('a', 'hostPID: true').replace('{name: a}', `{name: a, namespace: "${namespace}"}`),
    });
    const explained = await cofferdam(['explain', at('a.yaml')]);
    expect(explained.out).toContain(`Only an exemption would let it in as it is
  To have one drafted, fill in the namespace first: no exemption can name it as it is.
`);
    expect(explained.out).not.toMatch(/SandboxExemption|With it/);
    const { exemption, withExemption } = JSON.parse(
      (await cofferdam(['explain', at('a.yaml'), '-o', 'json'])).out,
    );
    expect([exemption, withExemption]).toEqual([null, null]);
    for (const format of ['table', 'markdown'])
      expect((await cofferdam(['review', at('a.yaml'), '-o', format])).out).not.toContain(
        'cofferdam explain',
      );
  });

  it('in what makes no Pods are nobody’s concern', async () => {
    await write({ 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "\${X}"}\n` });
    expect((await review(at('a.yaml'))).problems).toEqual([]);
  });
});
