import { builtinView } from '../../../src/cluster/builtin.ts';
import { decide } from '../../../src/decision/decide.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import { builtinPolicy } from '../../../src/policy/builtin.ts';
import { type Compilation, compile } from '../../../src/policy/load.ts';
import { SCHEMAS } from '../../../src/policy/schema/index.ts';
import { painter } from '../../../src/report/layout/paint.ts';
import { problemLine } from '../../../src/report/layout/problem.ts';
import type { Problem } from '../../../src/source/document.ts';
import { KINDS } from '../../../src/source/group.ts';
import { readDocuments } from '../../../src/source/yaml/yaml.ts';
import { createOf, NOW, updateOf } from '../../support/request.ts';
import { garble } from '../garble.ts';
import type { Json, JsonMap } from '../json.ts';
import { madeFrom } from '../schema.ts';
import { hold, holdSpeakable, ownWords, type Target, timed } from '../target.ts';

interface PolicyInput extends JsonMap {
  documents: Json[];
}

/** Loads documents of all kinds, made from their own schemas; those that load then judge Pods. */
export const policyTarget: Target<PolicyInput> = {
  name: 'policy',
  share: 7,
  make: random => {
    const documents: Json[] = Array.from({ length: 1 + random.few(2) }, () =>
      madeFrom(SCHEMAS[random.pick(KINDS)], '', random),
    );
    const garbled = random.oneIn(2) ? 1 + random.few(3) : 0;
    for (let i = 0; i < garbled; i++) garble(documents, random);
    return { documents };
  },
  run: async ({ documents }) => {
    const text = documents.map(document => JSON.stringify(document)).join('\n---\n');
    const { done, milliseconds } = await timed(() => {
      const { documents: list, problems } = readDocuments(text, FILE);
      const compiled = compile(list, { builtin: BALANCED, balanced: true, now: NOW, unread: problems });
      judge(compiled);
      return compiled;
    });
    const inForce = [...done.accepted.keys()].map(id => `in force: ${id.split('/')[0]}`);
    return {
      milliseconds,
      codes: [...new Set([...inForce, ...done.problems.map(problem => codeOf(problem, text))])],
    };
  },
};

const FILE = 'policies.yaml';
const BALANCED = builtinPolicy('balanced');
const PODS = [
  { metadata: { name: 'plain' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } },
  {
    metadata: { name: 'laden', labels: { app: 'x', exposure: 'public', 'cofferdam.dev/risk': 'high' } },
    spec: {
      hostNetwork: true,
      containers: [
        { name: 'app', image: 'ghcr.io/acme/agent:1.2', securityContext: { privileged: true } },
        {
          name: 'b',
          image: 'nginx',
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          ports: [{ hostPort: 80 }],
        },
      ],
      volumes: [{ name: 'v', hostPath: { path: '/srv/data' } }],
    },
  },
] as unknown as readonly [Pod, Pod];

function judge({ snapshot }: Compilation): void {
  const [plain, laden] = PODS;
  for (const request of [
    createOf(plain),
    createOf(laden, { namespace: undefined }),
    updateOf(plain, laden),
  ]) {
    const { verdict } = decide(request, snapshot, builtinView(), NOW);
    hold(['admit', 'sandbox', 'reject'].includes(verdict), 'no verdict', verdict);
  }
}

/** Checks that each problem says where and what, and can be put in words. */
function codeOf(problem: Problem, text: string): string {
  const { position, path, message, severity } = problem;
  hold(position.file === FILE && (position.line ?? 0) > 0, 'a problem without its place', position, message);
  hold(typeof path === 'string', 'a problem without a path', message);
  for (const line of problemLine(problem, painter(false)).split('\n')) holdSpeakable(line);
  return `${severity}: ${ownWords(message, text)}`;
}
