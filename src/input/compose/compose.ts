import type { Problem, SourceDocument } from '../../source/document.ts';
import { isMap, type Mapping } from '../../source/mapping.ts';
import { formatPath, type Keys } from '../../source/path.ts';
import { someOf } from '../../source/text.ts';
import { DEFAULT_SECCOMP } from './confinement.ts';
import type { ComposeFile, ComposePlace } from './field.ts';
import { ALWAYS, JUDGED, UNJUDGED } from './fields.ts';
import { PodMaker } from './pod-maker.ts';
import { ServiceReader } from './service.ts';
import { withDefaults } from './variables.ts';

/** A service as the Pod that it would be. */
export interface ComposeService {
  readonly name: string;
  readonly keys: Keys;
  readonly pod: unknown;
  /** The path in the file for a field of the Pod. */
  readonly pathOf: (podField: Keys) => string;
  /** The part of the file that makes these fields of the Pod, and nothing else; undefined where there is none. */
  readonly madeBy: (podFields: readonly Keys[]) => readonly Keys[] | undefined;
}

/** Whether it is a Compose file: it has services, and is no object of Kubernetes. */
export const isCompose = (value: unknown): value is Mapping =>
  isMap(value) &&
  value.apiVersion === undefined &&
  value.kind === undefined &&
  (isMap(value.services) || (value.include !== undefined && value.services === undefined));

/** Whether another service of the file extends this one, and so changes with it. */
export const isExtended = (root: unknown, name: string): boolean =>
  isCompose(root) &&
  Object.values(isMap(root.services) ? root.services : {}).some(other => {
    const base = isMap(other) ? other.extends : undefined;
    return isMap(base) ? base.file === undefined && base.service === name : base === name;
  });

/**
 * Each service of a Compose file as the Pod that it would be in Kubernetes, with what is wrong with it. It includes Docker's
 * defaults: its seccomp profile is in force, and there is no token for an API.
 * @param namespace the namespace that policies and exemptions assume
 */
export function readCompose(
  document: SourceDocument,
  place: ComposePlace,
  namespace: string,
): { readonly services: readonly ComposeService[]; readonly problems: readonly Problem[] } {
  const root = document.value as Mapping;
  const mapOf = (field: string): Mapping => (isMap(root[field]) ? (root[field] as Mapping) : {});
  const file: ComposeFile = {
    ...place,
    services: mapOf('services'),
    volumes: mapOf('volumes'),
    networks: mapOf('networks'),
    secrets: mapOf('secrets'),
    configs: mapOf('configs'),
  };
  const problems = [
    ...wholeFile(document, root),
    ...besideIt(document, place),
    ...externalVolumes(document, file),
  ];
  const services: ComposeService[] = [];
  for (const [name, value] of Object.entries(file.services)) {
    const reader = new ServiceReader(document, name, isMap(value) ? value : {});
    if (!isMap(value)) reader.misshapen(reader.keys, value, 'a map');
    const maker = makeOne(reader, file);
    problems.push(...reader.problems);
    if (!reader.fails && value !== null && reader.service.provider == null)
      services.push({
        name,
        keys: reader.keys,
        pod: maker.pod(namespace, name),
        pathOf: maker.pathOf,
        madeBy: maker.madeBy,
      });
  }
  return { services, problems };
}

function makeOne(reader: ServiceReader, file: ComposeFile): PodMaker {
  const maker = new PodMaker(reader.name, reader.keys);
  for (const field of Object.keys(reader.service)) {
    if (Object.hasOwn(JUDGED, field) || UNJUDGED.has(field) || field.startsWith('x-')) continue;
    reader.leftOut(
      reader.at(field),
      'found a field that is not known: judged without it',
      'Correct it if it is misspelt; "docker compose config" says so.',
    );
  }
  for (const [field, read] of Object.entries(JUDGED))
    if (Object.hasOwn(reader.service, field) || ALWAYS.has(field)) read(reader, maker, file);
  reader.tellOfOpen();
  maker.security.seccompProfile ??= DEFAULT_SECCOMP;
  for (const [field, own] of UNSET) maker.from(`spec.containers[0]${field}`, reader.at(own));
  return maker;
}

/** Fields of the Compose file that would say what is not set. */
const UNSET = [
  ['.image', 'build'],
  ['.securityContext.runAsNonRoot', 'user'],
  ['.securityContext.allowPrivilegeEscalation', 'security_opt'],
  ['.securityContext.capabilities.drop', 'cap_drop'],
] as const;

/** Reports once, for all services that use them, the volumes that other files or a person created. */
const externalVolumes = (document: SourceDocument, { volumes }: ComposeFile): readonly Problem[] =>
  Object.entries(volumes).flatMap(([name, volume]) =>
    isMap(volume) && volume.external !== undefined && volume.external !== false
      ? {
          severity: 'warning' as const,
          position: document.positionOf(['volumes', name]),
          path: formatPath(['volumes', name]),
          message:
            'found an external volume, of which this file does not say what it mounts: judged as if it were of the services that have it',
          fix: 'Look at it ("docker volume inspect"), or define it in this file.',
          leftOut: true as const,
        }
      : [],
  );

const OF_ALL = 'Review what is made of both: docker compose config | cofferdam review -';

/** Reports the files that Docker reads with this one, or in its place, where no file is named: they are not judged. */
function besideIt({ position, value }: SourceDocument, { beside = {} }: ComposePlace): readonly Problem[] {
  const told = (file: string, what: string, fix: string): Problem => ({
    severity: 'warning',
    position,
    path: '',
    message: `${file} lies beside it, which Docker ${what}: judged without it`,
    fix,
    leftOut: true,
  });
  const { variables } = beside;
  const filled = variables?.size ? [...withDefaults(value)].filter(name => variables.has(name)) : [];
  return [
    ...(filled.length === 0
      ? []
      : [told('.env', `fills in variables from (${someOf(filled)}), whatever their defaults`, OF_ALL)]),
    ...(variables?.has('COMPOSE_FILE')
      ? [told('.env', 'takes the files from (COMPOSE_FILE) where nobody names one', OF_ALL)]
      : []),
    ...(beside.override === undefined ? [] : [told(beside.override, 'merges into it', OF_ALL)]),
    ...(beside.instead === undefined
      ? []
      : [told(beside.instead, 'starts in its place', 'Review that one, or keep one of them.')]),
  ];
}

/** Reports fields whose effect on the whole file is defined elsewhere. */
function wholeFile(document: SourceDocument, root: Mapping): Problem[] {
  const refuse = (keys: Keys, message: string): Problem => ({
    severity: 'error',
    position: document.positionOf(keys),
    path: keys.join('.'),
    message,
    fix: 'Review what is made of it: docker compose config | cofferdam review -',
  });
  return [
    ...(root.include === undefined
      ? []
      : [refuse(['include'], 'found other files that belong to this one, which are not read')]),
    ...(document.mergesOver === undefined
      ? []
      : [
          {
            ...refuse(
              [],
              'a merge key (<<) stands below a key that it would set, which Docker reads otherwise',
            ),
            position: document.mergesOver,
            fix: 'Put << above the keys that are to count.',
          },
        ]),
  ];
}
