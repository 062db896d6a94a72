import { aligned } from '../../support/aligned.ts';
import { CLIENTS } from './creations.ts';
import { FLOORS, GOALS, isWithin, type Limit } from './goals.ts';
import type { ControlName } from './options.ts';
import type { PodKind } from './pods.ts';
import { type Figure, type Results, ratio } from './results.ts';

export const TITLES: Readonly<Record<ControlName, string>> = {
  none: 'no admission',
  cel: 'five CEL rules, one injection',
  echo: 'echo webhook, HTTP/2',
  guard: 'Cofferdam: guard alone',
  webhooks: 'Cofferdam: webhooks alone',
  enforce: 'Cofferdam: enforce',
  'enforce-lean': 'Cofferdam: enforce-lean',
  pepr: 'Pepr',
  gatekeeper: 'Gatekeeper',
};

const PODS: Readonly<Record<PodKind, string>> = {
  plain: 'plain Pod',
  high: 'high-risk Pod, which gets gVisor',
};

const shown = (figure: Figure, digits: number): string => figure()?.toFixed(digits) ?? '–';

const CREATION_HEAD = [
  ...[
    '',
    'p50 ms',
    'p99 ms',
    'added ms',
    'creations/s',
    'API CPU s/1000',
    'hook CPU s/1000',
    'API MiB',
    'hook MiB',
  ],
  ...["added p50 / cel's", "added CPU / cel's", "creations / echo's"],
];

function creationRow(
  results: Results,
  control: ControlName,
  kind: PodKind,
  clients: number,
): readonly string[] {
  const of = (field: Parameters<Results['creation']>[3]) => results.creation(control, kind, clients, field);
  const more = (field: 'p50' | 'apiCpu', of: ControlName = control) =>
    results.creationMore(of, kind, clients, field);
  const compared = control !== 'none';
  const hook = (of('hookMemory')() ?? 0) > 0;
  return [
    TITLES[control],
    shown(of('p50'), 2),
    shown(of('p99'), 1),
    compared ? shown(more('p50'), 2) : '–',
    shown(of('rate'), 0),
    shown(of('apiCpu'), 2),
    hook ? shown(of('hookCpu'), 2) : '–',
    shown(of('apiMemory'), 0),
    hook ? shown(of('hookMemory'), 0) : '–',
    compared ? shown(ratio(more('p50'), more('p50', 'cel')), 2) : '–',
    compared ? shown(ratio(more('apiCpu'), more('apiCpu', 'cel')), 2) : '–',
    shown(ratio(of('rate'), results.creation('echo', kind, clients, 'rate')), 2),
  ];
}

function creationTables(results: Results, controls: readonly ControlName[]): readonly string[] {
  return (['plain', 'high'] as const).flatMap(kind =>
    CLIENTS.map(clients => {
      const rows = controls.map(control => creationRow(results, control, kind, clients));
      const title = `Creations (dry run): ${PODS[kind]}, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
      return `${title}\n${aligned([CREATION_HEAD, ...rows])}`;
    }),
  );
}

const LIFE_HEAD = ['', 'p50 ms', 'added ms', 'API CPU ms', 'added', 'API CPU ms/status patch', 'added'];

function lifeTable(results: Results, kind: PodKind): string {
  const controls = (['none', 'guard', 'enforce'] as const).filter(
    control => results.life(control, kind, 'p50')() !== undefined,
  );
  const rows = controls.map(control => [
    TITLES[control],
    ...(['p50', 'cpu', 'patchCpu'] as const).flatMap(field => {
      const of = results.life(control, kind, field);
      const more = results.lifeMore(control, kind, field);
      const digits = field === 'patchCpu' ? 3 : 1;
      return [shown(of, digits), control === 'none' ? '–' : shown(more, digits)];
    }),
  ]);
  const title = `Whole life: ${PODS[kind]} (create, bind, six status patches, label, finalizer, delete)`;
  return rows.length === 0 ? '' : `${title}\n${aligned([LIFE_HEAD, ...rows])}`;
}

function limitTable(title: string, limits: readonly Limit[], results: Results): string {
  const rows = limits.map(limit => {
    const figure = limit.figure(results);
    const [value, range] = [figure(), results.range(figure)];
    const aim = `${limit.bound} ${limit.limit}`;
    if (value === undefined || !range) return [limit.what, '–', '', aim, 'not measured'];
    const rounds = `${range[0].toFixed(2)} to ${range[1].toFixed(2)}`;
    return [limit.what, value.toFixed(2), rounds, aim, isWithin(limit, value) ? 'met' : 'missed'];
  });
  return `${title}\n${aligned([['', 'median', 'rounds', 'limit', ''], ...rows])}`;
}

/** The whole report, as a person reads it. */
export const reportOf = (results: Results, controls: readonly ControlName[]): string =>
  [
    ...creationTables(results, controls),
    lifeTable(results, 'plain'),
    lifeTable(results, 'high'),
    limitTable('Goals', GOALS, results),
    limitTable('Floors, which --check holds', FLOORS, results),
  ]
    .filter(text => text !== '')
    .join('\n');

/** The floors that do not hold. A figure that was not measured is not judged. */
export const failuresOf = (results: Results): readonly string[] =>
  FLOORS.flatMap(floor => {
    const value = floor.figure(results)();
    return value === undefined || isWithin(floor, value)
      ? []
      : [`${floor.what}: ${value.toFixed(2)} (${floor.bound} ${floor.limit})`];
  });
