/** The name of everything that the test of parity creates. */
export const NAME = 'cofferdam-e2e-parity';

/**
 * It replaces the label of these tests, by which the common webhook is called; on a Pod, its value is the name of the workload.
 */
export const OWN = 'example.com/e2e-parity';

/** A name for a RuntimeClass or a node that nothing else has. */
export const named = (name: string): string => `${NAME}-${name}`;

/** The value is renamed in its text, since names of classes, nodes and the namespace `shop` occur in many places. */
export const renamed = <T>(value: T, namespace: string): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"shop"', JSON.stringify(namespace))
      .replaceAll(/"(n[1-3])"/g, (_, node: string) => JSON.stringify(named(node)))
      .replaceAll(
        /"(runtimeClass|runtimeClassName|cofferdam\.dev\/injected-runtime-class)":"(?=[^"])/g,
        `"$1":"${NAME}-`,
      ),
  );
