/** What everything that the test of parity makes is called by. */
export const NAME = 'cofferdam-e2e-parity';

/** Instead of the label of these tests, by which the webhook of all is called; on a Pod, the name of its workload. */
export const OWN = 'example.com/e2e-parity';

/** A name of a RuntimeClass or a node that nobody else has. */
export const named = (name: string): string => `${NAME}-${name}`;

/** The value is renamed in its text, since names of classes, nodes and the namespace `shop` stand in many places. */
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
