// Made from the schemas in src/policy/schema by scripts/types.ts; do not edit.

/**
 * Scores Pods and says which isolation they need. Several policies may match a Pod: the strictest governs.
 */
export interface ClusterSandboxPolicy {
  /**
   * Version of this object.
   */
  apiVersion: 'cofferdam.dev/v1alpha1';
  /**
   * Kind of this object.
   */
  kind: 'ClusterSandboxPolicy';
  /**
   * Standard metadata of Kubernetes objects; decisions read only name.
   */
  metadata: {
    /**
     * Name of the object.
     */
    name: string;
    [k: string]: unknown;
  };
  /**
   * What the policy matches, how it scores, and what it asks for.
   */
  spec: {
    /**
     * Pods that the policy judges. Default: all.
     */
    match?: {
      /**
       * Namespaces, by their labels. Default: all. A Namespace that cannot be looked up counts as matching.
       */
      namespaceSelector?: {
        /**
         * Labels that must all be there with exactly these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Requirements that must all hold.
         *
         * @maxItems 32
         *
         * Items: One requirement on a label.
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * In and Exists ask for the label. NotIn and DoesNotExist also hold where the label is absent.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn; none for Exists and DoesNotExist.
           *
           * @maxItems 64
           */
          values?: string[];
        }[];
      };
      /**
       * Pods, by their labels. Default: all. Whoever writes a Pod can leave its labels out, so a policy with a podSelector only adds to the others.
       */
      podSelector?: {
        /**
         * Labels that must all be there with exactly these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Requirements that must all hold.
         *
         * @maxItems 32
         *
         * Items: One requirement on a label.
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * In and Exists ask for the label. NotIn and DoesNotExist also hold where the label is absent.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn; none for Exists and DoesNotExist.
           *
           * @maxItems 64
           */
          values?: string[];
        }[];
      };
    };
    /**
     * What adds to the score besides the signals as they are.
     */
    scoring?: {
      /**
       * Weights that replace those of signals, by signal id. An exposure weighs at least 30, a breakout at least 70; a requirement has no weight.
       */
      signals?: {
        /**
         * Weight of the signal.
         */
        [k: string]: number;
      };
      /**
       * Labels that weigh. Where the Pod and its Namespace both have one, the higher weight counts.
       *
       * @maxItems 16
       *
       * Items: A label and what its values weigh.
       */
      labels?: {
        /**
         * Key of the label, such as cofferdam.dev/risk.
         */
        key: string;
        /**
         * Weight of each value. A value that is not listed weighs as much as the highest that is, and is warned about.
         */
        weights: {
          /**
           * What this value adds to the score.
           */
          [k: string]: number;
        };
      }[];
      /**
       * Expressions that weigh where they are true.
       *
       * @maxItems 32
       *
       * Items: A CEL expression and what it weighs.
       */
      rules?: {
        /**
         * Name of the rule, unique in this policy; shown with its weight.
         */
        name: string;
        /**
         * CEL expression over object (the Pod) and namespaceObject (its Namespace with name and labels; null when it is not known), true where the rule applies. One that fails on a Pod counts as true, with a warning. Patterns of matches() are literal, in RE2 syntax.
         */
        expression: string;
        /**
         * What the rule adds to the score.
         */
        weight: number;
        /**
         * Shown to the author of a Pod that the rule applies to.
         */
        message?: string;
      }[];
    };
    /**
     * Isolation that scores ask for; hygiene does not count here. Ascending. Default: app-kernel from 30, vm from 70.
     *
     * @maxItems 16
     *
     * Items: A score and the isolation it asks for.
     */
    tiers?: {
      /**
       * The lowest score of this tier.
       */
      atLeast: number;
      /**
       * Least isolation in this tier. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
       */
      isolation: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    }[];
    /**
     * Least isolation of every Pod that the policy matches, whatever its score. Default: host-kernel. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
     */
    minimumIsolation?: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    /**
     * RuntimeClasses to choose from, the preferred first. Default: every sandbox of the cluster, ordered by isolation, overhead and name.
     *
     * @minItems 1
     * @maxItems 32
     *
     * Items: One choice: a RuntimeClass, or every one of an isolation.
     */
    sandboxes?: {
      /**
       * Name of a RuntimeClass.
       */
      runtimeClass?: string;
      /**
       * Every RuntimeClass whose handler has exactly this isolation. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
       */
      isolation?: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    }[];
    /**
     * Signals whose degradation in a sandbox is accepted: no warning.
     *
     * @maxItems 128
     *
     * Items: Signal id.
     */
    acceptDegraded?: string[];
    /**
     * What becomes of a Pod when no ready node can run its sandbox. Pend: it gets its class and waits. Reject: it is turned away. Default: Pend.
     */
    whenUnavailable?: 'Pend' | 'Reject';
  };
}

/**
 * Asks for more isolation in one namespace. It can only tighten what the ClusterSandboxPolicies ask for.
 */
export interface SandboxPolicy {
  /**
   * Version of this object.
   */
  apiVersion: 'cofferdam.dev/v1alpha1';
  /**
   * Kind of this object.
   */
  kind: 'SandboxPolicy';
  /**
   * Standard metadata of Kubernetes objects; decisions read only name and namespace.
   */
  metadata: {
    /**
     * Name of the object.
     */
    name: string;
    /**
     * Namespace whose Pods the object is about.
     */
    namespace: string;
    [k: string]: unknown;
  };
  /**
   * What the policy matches, how it scores, and what it asks for.
   */
  spec: {
    /**
     * Pods of the namespace that the policy judges. Default: all.
     */
    match?: {
      /**
       * Pods, by their labels. Default: all. Whoever writes a Pod can leave its labels out, so a policy with a podSelector only adds to the others.
       */
      podSelector?: {
        /**
         * Labels that must all be there with exactly these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Requirements that must all hold.
         *
         * @maxItems 8
         *
         * Items: One requirement on a label.
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * In and Exists ask for the label. NotIn and DoesNotExist also hold where the label is absent.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn; none for Exists and DoesNotExist.
           *
           * @maxItems 32
           */
          values?: string[];
        }[];
      };
    };
    /**
     * What adds to the score besides the signals as they are.
     */
    scoring?: {
      /**
       * Weights that replace those of signals, by signal id. An exposure weighs at least 30, a breakout at least 70; a requirement has no weight.
       */
      signals?: {
        /**
         * Weight of the signal.
         */
        [k: string]: number;
      };
      /**
       * Labels that weigh. Where the Pod and its Namespace both have one, the higher weight counts.
       *
       * @maxItems 4
       *
       * Items: A label and what its values weigh.
       */
      labels?: {
        /**
         * Key of the label, such as cofferdam.dev/risk.
         */
        key: string;
        /**
         * Weight of each value. A value that is not listed weighs as much as the highest that is, and is warned about.
         */
        weights: {
          /**
           * What this value adds to the score.
           */
          [k: string]: number;
        };
      }[];
      /**
       * Expressions that weigh where they are true.
       *
       * @maxItems 16
       *
       * Items: A CEL expression and what it weighs.
       */
      rules?: {
        /**
         * Name of the rule, unique in this policy; shown with its weight.
         */
        name: string;
        /**
         * CEL expression over object (the Pod) and namespaceObject (its Namespace with name and labels; null when it is not known), true where the rule applies. One that fails on a Pod counts as true, with a warning. Patterns of matches() are literal, in RE2 syntax.
         */
        expression: string;
        /**
         * What the rule adds to the score.
         */
        weight: number;
        /**
         * Shown to the author of a Pod that the rule applies to.
         */
        message?: string;
      }[];
    };
    /**
     * Isolation that scores ask for; hygiene does not count here. Ascending. Default: app-kernel from 30, vm from 70.
     *
     * @maxItems 8
     *
     * Items: A score and the isolation it asks for.
     */
    tiers?: {
      /**
       * The lowest score of this tier.
       */
      atLeast: number;
      /**
       * Least isolation in this tier. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
       */
      isolation: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    }[];
    /**
     * Least isolation of every Pod that the policy matches, whatever its score. Default: host-kernel. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
     */
    minimumIsolation?: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    /**
     * RuntimeClasses that Pods may run in: of those that the ClusterSandboxPolicy offers, all others are left out. The order means nothing.
     *
     * @minItems 1
     * @maxItems 32
     *
     * Items: One choice: a RuntimeClass, or every one of an isolation.
     */
    sandboxes?: {
      /**
       * Name of a RuntimeClass.
       */
      runtimeClass?: string;
      /**
       * Every RuntimeClass whose handler has exactly this isolation. From the weakest: host-kernel (no sandbox), app-kernel (gVisor), vm (Kata Containers), confidential-vm (Kata with AMD SEV-SNP, Intel TDX or IBM Secure Execution).
       */
      isolation?: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    }[];
  };
}

/**
 * Waives signals for some Pods, for a time. A waived finding weighs nothing and asks for no isolation.
 */
export interface SandboxExemption {
  /**
   * Version of this object.
   */
  apiVersion: 'cofferdam.dev/v1alpha1';
  /**
   * Kind of this object.
   */
  kind: 'SandboxExemption';
  /**
   * Standard metadata of Kubernetes objects; decisions read only name.
   */
  metadata: {
    /**
     * Name of the object.
     */
    name: string;
    [k: string]: unknown;
  };
  /**
   * Who is exempt, from what, until when, and who answers for it.
   */
  spec: {
    /**
     * Pods that are exempt: those for which everything said here holds.
     */
    match: {
      /**
       * Names of the namespaces. There is no wildcard.
       *
       * @minItems 1
       * @maxItems 64
       *
       * Items: Name of a namespace.
       */
      namespaces: string[];
      /**
       * Pods, by their labels. Default: all in these namespaces.
       */
      podSelector?: {
        /**
         * Labels that must all be there with exactly these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Requirements that must all hold.
         *
         * @maxItems 32
         *
         * Items: One requirement on a label.
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * In and Exists ask for the label. NotIn and DoesNotExist also hold where the label is absent.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn; none for Exists and DoesNotExist.
           *
           * @maxItems 64
           */
          values?: string[];
        }[];
      };
      /**
       * Names of service accounts in these namespaces, one of which the Pod must run as. Default: any.
       *
       * @minItems 1
       * @maxItems 64
       *
       * Items: Name of a service account.
       */
      serviceAccounts?: string[];
      /**
       * Images: a finding of a container is waived where its image is one of these, a finding of the whole Pod where the image of every container is. Default: any.
       *
       * @minItems 1
       * @maxItems 64
       *
       * Items: An image such as ghcr.io/acme/agent (any tag or digest), ghcr.io/acme/agent:1.2 (this tag, and no digest), ghcr.io/acme/agent@sha256:… (this digest) or ghcr.io/acme/* (every repository below). Names are completed as container runtimes do: nginx is docker.io/library/nginx.
       */
      images?: string[];
    };
    /**
     * Signals that are waived.
     *
     * @minItems 1
     * @maxItems 64
     *
     * Items: A signal, or some of its values.
     */
    waive: {
      /**
       * Signal id.
       */
      signal: string;
      /**
       * Values of the finding that are waived, such as paths, as the manifest writes them. Default: all.
       *
       * @minItems 1
       * @maxItems 64
       *
       * Items: A value of a finding, compared exactly.
       */
      values?: (number | string)[];
    }[];
    /**
     * Who answers for the exemption: a team or a person.
     */
    owner: string;
    /**
     * Why the Pods need it.
     */
    reason: string;
    /**
     * When the exemption ends (RFC 3339). At most a year away unless the installation says otherwise.
     */
    expires: string;
  };
}
