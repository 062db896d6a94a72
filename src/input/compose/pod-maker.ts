import { formatPath, type Keys } from '../../source/path.ts';

type Fields = Record<string, unknown>;
type Volume = Fields & { readonly name: string };

/** Assembles a Pod for one service, and remembers where each of its fields comes from. */
export class PodMaker {
  readonly #home: Keys;
  readonly #origins = new Map<string, Keys>();
  readonly spec: Fields = { automountServiceAccountToken: false };
  readonly container: Fields;
  readonly security: Fields = {};
  readonly labels: Record<string, string> = {};
  readonly annotations: Record<string, string> = {};
  readonly #volumes: Volume[] = [];
  readonly #mounts: Fields[] = [];
  readonly #sysctls: Fields[] = [];
  readonly #add: string[] = [];
  readonly #drop: string[] = [];
  readonly #limits: Record<string, string> = {};

  constructor(name: string, home: Keys) {
    this.#home = home;
    this.container = { name, securityContext: this.security };
  }

  /** Records where a field of the Pod comes from; the first record is kept. */
  from(podField: string, keys: Keys): void {
    if (!this.#origins.has(podField)) this.#origins.set(podField, keys);
  }

  setSpec(field: string, value: unknown, keys: Keys): void {
    this.spec[field] = value;
    this.from(`spec.${field}`, keys);
  }

  /** @param field a field of the container's securityContext */
  secure(field: string, value: unknown, keys: Keys): void {
    this.security[field] = value;
    this.from(`${SECURITY}.${field}`, keys);
  }

  capability(list: 'add' | 'drop', name: string, keys: Keys): void {
    const into = list === 'add' ? this.#add : this.#drop;
    this.from(`${SECURITY}.capabilities.${list}[${into.length}]`, keys);
    into.push(name);
  }

  sysctl(name: string, value: string, keys: Keys): void {
    this.from(`spec.securityContext.sysctls[${this.#sysctls.length}]`, keys);
    this.#sysctls.push({ name, value });
  }

  limit(resource: string, quantity: string, keys: Keys): void {
    this.#limits[resource] ??= quantity;
    this.from(formatPath([...CONTAINER, 'resources', 'limits', resource]), keys);
  }

  label(key: string, value: string, keys: Keys): void {
    this.labels[key] = value;
    this.from(formatPath(['metadata', 'labels', key]), keys);
  }

  annotation(key: string, value: string, keys: Keys): void {
    this.annotations[key] = value;
    this.from(formatPath(['metadata', 'annotations', key]), keys);
  }

  /** Adds a volume, and its mount where it has one. */
  volume(source: Fields, mount: Fields | undefined, keys: Keys): void {
    const name = `volume-${this.#volumes.length}`;
    this.from(`spec.volumes[${this.#volumes.length}]`, keys);
    this.#volumes.push({ name, ...source });
    if (!mount) return;
    this.from(`${formatPath(CONTAINER)}.volumeMounts[${this.#mounts.length}]`, keys);
    this.#mounts.push({ name, ...mount });
  }

  pod(namespace: string, name: string): Fields {
    const limits = Object.keys(this.#limits).length > 0;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: this.labels, annotations: this.annotations },
      spec: {
        ...this.spec,
        ...(this.#sysctls.length > 0 && { securityContext: { sysctls: this.#sysctls } }),
        containers: [
          {
            ...this.container,
            ...(limits && { resources: { limits: this.#limits } }),
            securityContext: { ...this.security, capabilities: { add: this.#add, drop: this.#drop } },
            volumeMounts: this.#mounts,
          },
        ],
        volumes: this.#volumes,
      },
    };
  }

  /** The path in the Compose file for a Pod's field: that of the nearest field around it that has one. */
  readonly pathOf = (podField: Keys): string => formatPath(this.#originOf(podField) ?? this.#home);

  /**
   * The part of the Compose file that makes these fields of the Pod, and nothing else: undefined where it also makes something
   * else, or where it is not known for one.
   */
  readonly madeBy = (podFields: readonly Keys[]): readonly Keys[] | undefined => {
    const paths = podFields.map(formatPath);
    const made = podFields.map(keys => this.#originOf(keys));
    const places = new Set(made.map(keys => keys && formatPath(keys)));
    const isAll = [...this.#origins].every(
      ([field, keys]) => !places.has(formatPath(keys)) || paths.some(path => isAtOrIn(path, field)),
    );
    return isAll && made.every(keys => keys !== undefined) ? made.map(asItem) : undefined;
  };

  /** Where the field comes from, or the nearest field around it with a record. */
  #originOf(podField: Keys): Keys | undefined {
    for (let keys = podField; keys.length > 0; keys = keys.slice(0, -1)) {
      const found = this.#origins.get(formatPath(keys));
      if (found) return found;
    }
    return undefined;
  }
}

/** Without its source, a mount in the long syntax is another mount, or one that Docker refuses, so the whole item makes it. */
const asItem = (keys: Keys): Keys =>
  keys.at(-1) === 'source' && typeof keys.at(-2) === 'number' ? keys.slice(0, -1) : keys;

const isAtOrIn = (path: string, field: string): boolean => path === field || path.startsWith(`${field}.`);

const CONTAINER: Keys = ['spec', 'containers', 0];
const SECURITY = `${formatPath(CONTAINER)}.securityContext`;
